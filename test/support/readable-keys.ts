import type { ReadableTemplate } from './readable-template';

interface Statement {
  readonly Sid?: string;
  readonly Action: string;
  readonly Principal?: { readonly [kind: string]: string };
  readonly Resource: string;
  readonly Condition?: object;
}

interface Policy {
  readonly Statement: readonly Statement[];
}

/**
 * The keys of a readable template with their policies as sentences, and what IAM policies allow beside them.
 *
 * A sentence that another key before has word for word is told by the name of that key.
 */
export function readableKeys(template: ReadableTemplate): { readonly [logicalId: string]: unknown } {
  const told = new Map<string, string>();
  const tellOnce = (logicalId: string, sid: string, sentence: string): string => {
    const before = told.get(`${sid}: ${sentence}`);
    if (before !== undefined) return `as of ${before}`;
    told.set(`${sid}: ${sentence}`, logicalId);
    return sentence;
  };
  const keys = propertiesOf<{ readonly KeyPolicy: Policy }>(template, 'AWS::KMS::Key').map(([logicalId, { KeyPolicy, ...kind }]) => {
    const sentences = KeyPolicy.Statement.map((statement) => [statement.Sid, tellOnce(logicalId, statement.Sid ?? '', sentenceOf(statement))]);
    return [logicalId, { ...kind, KeyPolicy: Object.fromEntries(sentences) }];
  });
  const policies = propertiesOf<{ readonly PolicyDocument: Policy; readonly Roles: string }>(template, 'AWS::IAM::Policy').map(([logicalId, policy]) =>
    [logicalId, policy.PolicyDocument.Statement.map((statement) => `${policy.Roles} ${sentenceOf(statement)} on ${statement.Resource}`)]);
  return Object.fromEntries([...keys, ...policies]);
}

function propertiesOf<Properties>(template: ReadableTemplate, type: string): [string, Properties][] {
  const resources = Object.entries(template as { [logicalId: string]: { readonly Type: string; readonly Properties: Properties } });
  return resources.filter(([, { Type }]) => Type === type).map(([logicalId, { Properties }]) => [logicalId, Properties]);
}

function sentenceOf({ Principal, Action, Condition }: Statement): string {
  const who = Object.values(Principal ?? {}).map((principal) => `${principal} `).join('');
  return `${who}may ${Action}${Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`}`;
}
