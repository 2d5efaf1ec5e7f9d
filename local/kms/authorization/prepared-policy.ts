import type { EncryptionContext } from '../protocol/encryption-context';
import { malformedPolicy } from '../protocol/errors';

/** A policy document as the evaluator reads it, and the condition keys that it speaks of. */
export interface PreparedPolicy {
  readonly document: object;
  /** Names of condition keys and of variables, in lower case, for IAM does not tell cases apart. No other key can change a decision. */
  readonly mentions: ReadonlySet<string>;
}

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Statement {
  readonly Condition?: Conditions;
}

const ENCRYPTION_CONTEXT_KEY = 'kms:encryptioncontext:';
const VARIABLE = /\$\{([^},]+)/g;

/**
 * Reads a policy for the evaluator.
 *
 * The evaluator drops `kms:EncryptionContext:<name>`, whatever the name, so that a condition on it would never hold and a deny would never
 * deny. It does know tags of the principal under any name, which are compared in the same way: so conditions on an encryption context
 * are given to it as conditions on such tags, and every operator means exactly what it means elsewhere.
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

/** What an evaluator's question calls this condition key. */
export function nameForEvaluator(key: string): string {
  if (!key.toLowerCase().startsWith(ENCRYPTION_CONTEXT_KEY)) return key;
  const name = key.slice(ENCRYPTION_CONTEXT_KEY.length).toLowerCase();
  return `aws:PrincipalTag/kms-encryption-context-${Buffer.from(name).toString('hex')}`;
}

/**
 * The value that a condition on `kms:EncryptionContext:<name>` sees; not an object's inherited member, whatever the name.
 *
 * IAM does not tell cases of the name apart, but an encryption context does. Which pair counts when two differ in nothing but case is not
 * documented: here it is the first.
 */
export function encryptionContextValue(key: string, context: EncryptionContext | undefined): string | undefined {
  if (!key.startsWith(ENCRYPTION_CONTEXT_KEY)) return undefined;
  const name = key.slice(ENCRYPTION_CONTEXT_KEY.length);
  return Object.entries(context ?? {}).find(([given]) => given.toLowerCase() === name)?.[1];
}

function renamed(statement: Statement): Statement {
  const { Condition: conditions, ...rest } = withVariablesRenamed(statement);
  if (conditions === undefined) return rest;
  return { ...rest, Condition: Object.fromEntries(Object.entries(conditions).map(([operator, keys]) => [operator, withKeysRenamed(keys)])) };
}

function withKeysRenamed(keys: Conditions[string]): Conditions[string] {
  const entries = Object.entries(keys).map(([key, values]) => [nameForEvaluator(key), values] as const);
  if (new Set(entries.map(([key]) => key)).size < entries.length) {
    throw malformedPolicy('The policy has two conditions on one encryption context key under the same operator.');
  }
  return Object.fromEntries(entries);
}

function withVariablesRenamed(statement: Statement): Statement {
  return JSON.parse(JSON.stringify(statement), (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(VARIABLE, (_variable, name: string) => `\${${nameForEvaluator(name.trim())}`) : value) as Statement;
}
