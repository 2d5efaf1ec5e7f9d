import type { EncryptionContext } from '../protocol/encryption-context';
import { malformedPolicy } from '../protocol/errors';

/** A policy document in the form that the evaluator reads, and the condition keys that it mentions. */
export interface PreparedPolicy {
  readonly document: object;
  /**
   * Names of condition keys and of variables, in lower case, because IAM ignores their case. No other key can
   * change a decision.
   */
  readonly mentions: ReadonlySet<string>;
}

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Statement {
  readonly Condition?: Conditions;
}

const ENCRYPTION_CONTEXT_KEY = 'kms:encryptioncontext:';
const VARIABLE = /\$\{([^},]+)/g;

/**
 * Prepares a policy for the evaluator.
 *
 * The evaluator ignores `kms:EncryptionContext:<name>` for every name, so that a condition on it would never match and
 * a Deny would never deny. It supports tags of the principal under any name, which are compared in the same way.
 * Conditions on an encryption context are therefore passed to it as conditions on such tags, and every operator keeps
 * its meaning.
 */
export function preparePolicy(policy: object): PreparedPolicy {
  const { Statement: given, ...rest } = policy as { Statement?: Statement | Statement[] };
  const statements = given === undefined ? [] : [given].flat();
  const mentions = new Set<string>();
  for (const statement of statements) {
    for (const keys of Object.values(statement.Condition ?? {})) for (const key of Object.keys(keys)) mentions.add(key.toLowerCase());
    for (const [, name] of JSON.stringify(statement).matchAll(VARIABLE)) mentions.add(name!.trim().toLowerCase());
  }
  return { document: { ...rest, Statement: statements.map(renamed) }, mentions };
}

/** The name of this condition key in the input of the evaluator. */
export function nameForEvaluator(key: string): string {
  if (!key.toLowerCase().startsWith(ENCRYPTION_CONTEXT_KEY)) return key;
  const name = key.slice(ENCRYPTION_CONTEXT_KEY.length).toLowerCase();
  return `aws:PrincipalTag/kms-encryption-context-${Buffer.from(name).toString('hex')}`;
}

/**
 * The value that a condition on `kms:EncryptionContext:<name>` is compared with; never an inherited member of the
 * object, whatever the name.
 *
 * IAM ignores the case of the name, but an encryption context does not. AWS does not document which pair counts if two
 * differ only in case: here it is the first.
 */
export function encryptionContextValue(key: string, context: EncryptionContext | undefined): string | undefined {
  if (!key.startsWith(ENCRYPTION_CONTEXT_KEY)) return undefined;
  const name = key.slice(ENCRYPTION_CONTEXT_KEY.length);
  return Object.entries(context ?? {}).find(([given]) => given.toLowerCase() === name)?.[1];
}

function renamed(statement: Statement): Statement {
  const { Condition: conditions, ...rest } = withVariablesRenamed(statement);
  if (conditions === undefined) return rest;
  const renamedConditions = Object.entries(conditions).map(([operator, keys]) => [operator, withKeysRenamed(keys)]);
  return { ...rest, Condition: Object.fromEntries(renamedConditions) as Conditions };
}

function withKeysRenamed(keys: Conditions[string]): Conditions[string] {
  const entries = Object.entries(keys).map(([key, values]) => [nameForEvaluator(key), values] as const);
  if (new Set(entries.map(([key]) => key)).size < entries.length) {
    throw malformedPolicy('The policy has two conditions on one encryption context key under the same operator.');
  }
  return Object.fromEntries(entries);
}

function withVariablesRenamed(statement: Statement): Statement {
  const rename = (text: string) => text.replaceAll(VARIABLE, (_variable, name: string) => `\${${nameForEvaluator(name.trim())}`);
  return JSON.parse(JSON.stringify(statement), (_, value: unknown) => typeof value === 'string' ? rename(value) : value) as Statement;
}
