import type { Form, StructureForm } from '../../../../local/kms/protocol/shape';

/**
 * A request that breaks one rule of its shape, as text, because not everything that can be sent is a JavaScript value.
 */
export interface MalformedRequest {
  readonly what: string;
  readonly body: string;
  /** A value of the wrong type cannot be read; a broken limit is a violation. */
  readonly name: 'SerializationException' | 'ValidationException';
}

type Fault = Pick<MalformedRequest, 'what' | 'name'> & { readonly json: string };

const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
/** One of each kind of JSON, by the kinds of form that may read it. */
const VALUES: readonly { readonly json: string; readonly readBy: readonly Form['kind'][] }[] = [
  { json: '"text"', readBy: ['text', 'choice', 'blob'] },
  { json: '7', readBy: ['integer', 'timestamp'] },
  { json: 'true', readBy: ['flag'] },
  { json: '[]', readBy: ['list'] },
  { json: '{}', readBy: ['stringMap', 'structure'] },
  { json: DEEP, readBy: ['list'] },
];

/** Every way to break one member of a request while the others are as they should be. */
export function malformedRequests(request: StructureForm): MalformedRequest[] {
  return faultsOfMembers(request).map(({ json, ...rest }) => ({ ...rest, body: json }));
}

/** JSON text that satisfies a form, with any content. */
function valid(form: Form): string {
  switch (form.kind) {
    case 'text': return JSON.stringify('a'.repeat(Math.max(form.min ?? 0, 1)));
    case 'choice': return JSON.stringify(form.allowed[0]);
    case 'integer': return String(form.min);
    case 'flag': return 'true';
    case 'timestamp': return '1767225600.5';
    case 'blob': return base64(form.min);
    case 'stringMap': return '{"a":"b"}';
    case 'list': return `[${valid(form.member)}]`;
    case 'structure': return structure(form, {});
  }
}

/** All required members, with some in the place of, or beside, the valid ones; `undefined` leaves one out. */
function structure(form: StructureForm, changed: Readonly<Record<string, string | undefined>>): string {
  const members = Object.entries(form.members)
    .map(([name, member]) => [name, name in changed ? changed[name] : member.required ? valid(member.form) : undefined])
    .filter(([, json]) => json !== undefined);
  return `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
}

function faultsOfMembers(form: StructureForm): Fault[] {
  return Object.entries(form.members).flatMap(([name, member]) => {
    const absent: Fault[] = member.required
      ? [
        violation(`${name} is missing`, structure(form, { [name]: undefined })),
        violation(`${name} is null`, structure(form, { [name]: 'null' })),
      ]
      : [];
    const broken = faults(member.form).map((fault) => ({
      ...fault,
      what: `${name}: ${fault.what}`,
      json: structure(form, { [name]: fault.json }),
    }));
    return [...absent, ...broken];
  });
}

function faults(form: Form): Fault[] {
  const ofWrongType = VALUES.filter(({ readBy }) => !readBy.includes(form.kind)).map(({ json }) =>
    unreadable(`is ${json.slice(0, 10)}`, json),
  );
  return [...ofWrongType, ...faultsWithin(form)];
}

/** Values of the right type that are not valid. */
function faultsWithin(form: Form): Fault[] {
  switch (form.kind) {
    case 'text': return [
      ...(form.min === undefined ? [] : [violation('is too short', JSON.stringify('a'.repeat(form.min - 1)))]),
      ...(form.max === undefined ? [] : [violation('is too long', JSON.stringify('a'.repeat(form.max + 1)))]),
      // No pattern of KMS allows a snowman.
      ...(form.pattern === undefined ? [] : [violation('does not match', JSON.stringify('☃'.repeat(form.min ?? 1)))]),
    ].filter(({ json }) => form.min !== 0 || json !== '""');
    case 'choice': return ['', 'NO_SUCH_NAME', '__proto__', `${form.allowed[0]} `, form.allowed[0]!.toLowerCase()]
      .filter((value) => !form.allowed.includes(value)).map((value) => violation(`is '${value}'`, JSON.stringify(value)));
    case 'integer': return [
      ...[form.min - 1, form.max + 1, -2_147_483_649, 1e21].map((value) => violation(`is ${value}`, String(value))),
      ...['1.5', '1e400', '-1e400'].map((json) => unreadable(`is ${json}`, json)),
    ];
    case 'timestamp': return ['1e400', '"2026-01-01T00:00:00Z"'].map((json) => unreadable(`is ${json}`, json));
    case 'blob': return [
      ...['%%%%', 'A', 'AAA', 'A===', 'AA=A', 'AA-_', ' AAA', 'AAAA\n'].map((value) => unreadable(`is '${value}'`, JSON.stringify(value))),
      violation('is too short', base64(form.min - 1)),
      violation('is too long', base64(form.max + 1)),
    ];
    case 'stringMap': return ['{"a":1}', '{"a":null}', '{"a":["b"]}', '{"a":{"b":"c"}}', '{"__proto__":1}', `{"constructor":${DEEP}}`]
      .map((json) => unreadable(`is ${json.slice(0, 20)}`, json));
    case 'list': return [
      ...(form.max === undefined ? [] : [violation('is too long', list(form.member, form.max + 1))]),
      unreadable('has null', '[null]'),
      ...faults(form.member).map((fault) => ({ ...fault, what: `its member ${fault.what}`, json: `[${fault.json}]` })),
    ];
    case 'structure': return faultsOfMembers(form);
    case 'flag': return [unreadable('is "true"', '"true"'), unreadable('is 0', '0')];
  }
}

function list(member: Form, length: number): string {
  return `[${Array.from({ length }, () => valid(member)).join(',')}]`;
}

function base64(bytes: number): string {
  return JSON.stringify(Buffer.alloc(bytes).toString('base64'));
}

function unreadable(what: string, json: string): Fault {
  return { what, json, name: 'SerializationException' };
}

function violation(what: string, json: string): Fault {
  return { what, json, name: 'ValidationException' };
}
