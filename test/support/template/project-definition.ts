import { compact } from './sentences';

/** A definition in the Amazon States Language, as far as a projection treats it specially. */
export interface ProjectedDefinition {
  readonly StartAt: string;
  readonly States: { readonly [name: string]: ProjectedState };
  readonly [field: string]: unknown;
}

interface ProjectedState {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Parameters?: object;
  readonly ItemProcessor?: ProjectedDefinition;
  readonly [field: string]: unknown;
}

interface Fields {
  readonly [field: string]: string;
}

/** A state machine as its arrows: one line for each state, with every field that the state has, and where it leads. */
export function projectDefinition({ StartAt, States, ...settings }: ProjectedDefinition): string[] {
  const earlier = new Map<string, Fields>();
  const isPlainSucceed = (state: ProjectedState) => state.Type === 'Succeed' && Object.keys(state).length === 1;
  const states = Object.entries(States).flatMap(([name, state]) => (isPlainSucceed(state) ? [] : stateLines(name, state, earlier)));
  const succeed = Object.entries(States).filter(([, state]) => isPlainSucceed(state)).map(([name]) => name);
  return [
    `machine: start -> ${StartAt}, ${compact(withoutTexts(settings))}`,
    ...states,
    ...(succeed.length === 0 ? [] : [`(Succeed) ${succeed.join(', ')}`]),
  ];
}

function stateLines(name: string, state: ProjectedState, earlier: Map<string, Fields>): string[] {
  const { Type, Next, End, Default, Choices = [], ItemProcessor, Parameters = {}, ...others } = state;
  const arrows = [
    ...Choices.map(({ Next: next, ...condition }) => `-[${conditionText(condition)}]-> ${next}`),
    ...(Default === undefined ? [] : [`-[otherwise]-> ${Default}`]),
    ...(Next === undefined ? [] : [`-> ${Next}`]),
    ...(End === undefined ? [] : [End ? '-> end' : `End: ${String(End)}`]),
  ];
  const projected = { ...withoutTexts(others), ...prefixed(Parameters) };
  const fields = Object.fromEntries(Object.entries(projected).map(([field, value]) => [field, compact(value)]));
  const written = shortest([
    listed(fields),
    ...[...earlier].map(([other, fieldsOfOther]) => `as ${other}${changes(fields, fieldsOfOther)}`),
  ]);
  earlier.set(name, fields);
  return [
    [`${name} (${Type})`, ...(written === '' ? [] : [written]), ...arrows].join(' '),
    ...(ItemProcessor === undefined ? [] : projectDefinition(ItemProcessor).map((line) => `  ${line}`)),
  ];
}

/** `$.run.kind StringEquals rotate`. A condition of another form is written as it is. */
function conditionText({ Variable, ...comparison }: { readonly Variable?: unknown; readonly [operator: string]: unknown }): string {
  const [operator, ...others] = Object.entries(comparison);
  if (operator === undefined || others.length > 0) return compact({ Variable, ...comparison });
  return `${compact(Variable)} ${operator[0]} ${compact(operator[1])}`;
}

/** Texts for operators have no effect. */
function withoutTexts(fields: { readonly [field: string]: unknown }): object {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => field !== 'Comment' && field !== 'Cause'));
}

function prefixed(parameters: object): object {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]: [string, unknown]) => [`.${name}`, value]));
}

function listed(fields: Fields): string {
  return Object.entries(fields).map(([field, value]) => `${field}: ${value}`).join(', ');
}

function changes(fields: Fields, ofOther: Fields): string {
  const changed = Object.entries(fields).filter(([field, value]) => ofOther[field] !== value);
  const parts = [
    listed(Object.fromEntries(changed)),
    ...Object.keys(ofOther)
      .filter((field) => !(field in fields))
      .map((field) => `without ${field}`),
  ];
  const all = parts.filter((part) => part !== '').join(', ');
  return all === '' ? '' : ` with ${all}`;
}

function shortest(texts: readonly string[]): string {
  return texts.reduce((one, other) => (other.length < one.length ? other : one));
}
