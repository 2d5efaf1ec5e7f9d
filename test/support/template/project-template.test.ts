import { isNotProjected, NOT_PROJECTED, NOT_PROJECTED_INSIDE, projectTemplate } from './project-template';
import { readableTemplateOf, type ReadableTemplate } from './readable-template';
import { KeyServiceUsersStack } from '../../../examples/keys/key-service-users-stack';
import { LedgerStack } from '../../../examples/ledger/ledger-stack';
import { OrdersByokStack } from '../../../examples/orders-byok/orders-byok-stack';

type Path = readonly (string | number)[];

const byok = readableTemplateOf((app) => new OrdersByokStack(app, 'Orders'));

/** The paths of all values of a template that are neither lists nor objects, and of all empty lists and objects. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([name, nested]) => leaves(nested, [...path, Array.isArray(value) ? Number(name) : name]));
}

/** One path of each family that is not with its owner: a projection compares such a family as a whole. */
function withoutRepetition(paths: readonly Path[]): Path[] {
  const seen = new Set<string>();
  return paths.filter((path) => {
    const copy = path.slice(0, path.indexOf('family') + 1).join(' ');
    if (copy === '') return true;
    const isFirst = !seen.has(copy);
    seen.add(copy);
    return isFirst;
  });
}

/** A copy of a template in which the value at a path is another one. */
function changed(template: ReadableTemplate, path: Path, change: (value: unknown) => unknown): ReadableTemplate {
  const [logicalId] = path as [string];
  const copy = { ...template, [logicalId]: structuredClone(template[logicalId]) } as { [name: string]: unknown };
  let holder = copy;
  for (const name of path.slice(0, -1)) holder = holder[name] as typeof holder;
  const last = path[path.length - 1] as string;
  holder[last] = change(holder[last]);
  return copy as ReadableTemplate;
}

/** The logical id of the resource of that type whose id begins so. */
function resource(type: string, begin: string): string {
  const found = Object.keys(byok).filter((logicalId) => byok[logicalId]?.Type === type && logicalId.startsWith(begin));
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${begin}`);
  return found[0] as string;
}

test.each([
  ['examples/orders-byok', byok],
  ['examples/ledger', readableTemplateOf((app) => new LedgerStack(app, 'Ledger'))],
  ['the service users of examples/keys', readableTemplateOf((app) => new KeyServiceUsersStack(app, 'KeyServiceUsers'))],
])('every value of a template is projected, or listed as not projected: %s', (_, template) => {
  const projection = projectTemplate(template);
  const unnoticed = withoutRepetition(leaves(template)).filter(
    (path) => projectTemplate(changed(template, path, (value) => `${String(value)}-changed`)) === projection,
  );
  expect(unnoticed.filter((path) => !isNotProjected(template, path)).map((path) => path.join(' '))).toEqual([]);
});

describe('a projection notices', () => {
  const worker = () => resource('AWS::IAM::Role', 'KeyFunctionsWorkerRole');
  const policy = (statement: number, ...rest: Path): Path => [
    resource('Custom::RotatingKey', 'Key'),
    'Properties',
    'Family',
    'policyDocument',
    'Statement',
    statement,
    ...rest,
  ];

  const control = () => resource('AWS::Lambda::Function', 'KeyFunctionsControlHandler');

  test.each<[string, () => Path, (value: unknown) => unknown]>([
    ['an added action', () => policy(1, 'Action'), (actions) => [...(actions as string[]), 'kms:Decrypt']],
    ['a removed action', () => policy(1, 'Action'), (actions) => (actions as string[]).slice(1)],
    ['a removed condition', () => policy(4, 'Condition'), () => undefined],
    ['an added condition', () => policy(0, 'Condition'), () => ({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } })],
    ['another principal', () => policy(2, 'Principal', 'AWS'), () => '*'],
    ['an Allow that becomes NotAction', () => policy(1, 'NotAction'), () => ['kms:Decrypt']],
    ['a deletion policy', () => [resource('AWS::S3::Bucket', 'KeyEvidence'), 'DeletionPolicy'], () => 'Delete'],
    [
      'a role that another service may assume',
      () => [worker(), 'Properties', 'AssumeRolePolicyDocument', 'Statement', 0, 'Principal'],
      () => '*',
    ],
    ['a permissions boundary', () => [worker(), 'Properties', 'PermissionsBoundary'], () => 'arn:boundary'],
    [
      'another environment variable',
      () => [control(), 'Properties', 'Environment', 'Variables', 'EVIDENCE_BUCKET'],
      () => 'another-bucket',
    ],
    ['an added environment variable', () => [control(), 'Properties', 'Environment', 'Variables', 'NODE_OPTIONS'], () => '--require spy'],
    ['an added resource', () => ['Another'], () => ({ Type: 'AWS::IAM::User' })],
  ])('%s', (_, path, change) => {
    expect(projectTemplate(changed(byok, path(), change))).not.toBe(projectTemplate(byok));
  });
});

test('no property that grants access, keeps data or configures a function is listed as not projected', () => {
  const names = [...Object.values(NOT_PROJECTED), ...Object.values(NOT_PROJECTED_INSIDE)].flatMap((properties) => Object.keys(properties));
  expect(names.sort()).toEqual(['Cause', 'Code', 'Comment', 'DependsOn', 'Description', 'Metadata', 'PolicyName', 'PolicyName']);
});
