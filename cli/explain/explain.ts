import { statementsOn, type PlacedStatement } from './statements';
import type { NamedTemplate, Template } from './template';
import { keysOf, type TemplateKey } from './template-keys';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import { statementRows, type AccessRow, type WriteList } from '../../src/contract/policies/access-table';

/** The access of every principal to the keys of a template. */
export interface Explanation {
  readonly keys: readonly ExplainedKey[];
}

export interface ExplainedKey {
  /** The template in a directory. */
  readonly file?: string;
  readonly logicalId: string;
  readonly type: string;
  readonly aliases: readonly string[];
  /** What a reader must know to understand the rows. */
  readonly notes: readonly string[];
  readonly access: readonly AccessRow[];
}

const NOTE_ON_ROTATING_KEYS =
  'Every generation has this policy, and Deny statements that depend on its phase and are not listed here: no principal has more access.';
const NOTE_ON_IDENTITY_POLICIES =
  'The key policy does not delegate access to IAM: an Allow of an identity policy has an effect only if the key policy allows the same.';

/** The chosen part of the templates, and how it is written. */
export interface ExplainOptions {
  /** Only the key with this logical id. */
  readonly logicalId?: string;
  /** Writes the values of a condition. Without it, all of them are listed. */
  readonly writeList?: WriteList;
}

/**
 * Explains all keys of the templates of a file or a directory, or those with this logical id. Throws a `Failure` if
 * there is none.
 *
 * @param path the file or the directory, which an error names
 */
export function explain(path: string, templates: readonly NamedTemplate[], { logicalId, writeList }: ExplainOptions = {}): Explanation {
  const keys = templates.flatMap(({ file, template }) => inFile(file, () => keysOf(template).map((key) => ({ ...key, file, template }))));
  const chosen = logicalId === undefined ? keys : keys.filter((key) => key.logicalId === logicalId);
  if (templates.length === 0) throw noTemplate(path);
  if (chosen.length === 0) throw noSuchKey(path, keys, logicalId);
  return { keys: chosen.map((key) => inFile(key.file, () => explainKey(key, writeList))) };
}

/** An error of one template of a directory names the template. */
function inFile<Result>(file: string | undefined, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (file === undefined || !(error instanceof Failure)) throw error;
    throw new Failure(ErrorName.INVALID_REQUEST, { ...error.problem, where: `${file}, ${error.problem.where}` }, error);
  }
}

/** A key, and the template that declares it. */
interface FoundKey extends TemplateKey {
  readonly file?: string;
  readonly template: Template;
}

function explainKey(key: FoundKey, writeList?: WriteList): ExplainedKey {
  const { file, template, logicalId, type, aliases } = key;
  const statements = statementsOn(key, template);
  const access = statements.flatMap(({ policyStatement, place }) => statementRows(policyStatement, place, writeList));
  return { ...(file === undefined ? {} : { file }), logicalId, type, aliases, notes: notesOn(type, statements, access), access };
}

function notesOn(type: string, statements: readonly PlacedStatement[], access: readonly AccessRow[]): string[] {
  const needDelegation = statements.some(({ needsDelegation, policyStatement: { statement } }) =>
    needsDelegation && statement.Effect === 'Allow');
  return [
    ...(type === ROTATING_KEY_RESOURCE_TYPE ? [NOTE_ON_ROTATING_KEYS] : []),
    ...(needDelegation && !access.some(({ decidedByIam }) => decidedByIam) ? [NOTE_ON_IDENTITY_POLICIES] : []),
  ];
}

function noTemplate(path: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: path,
    what: 'directory has no template',
    allowed: 'a directory with a *.template.json, also in its directories',
    remedy: 'synthesize the app with cdk synth and name its output directory, cdk.out by default',
  });
}

function noSuchKey(path: string, keys: readonly TemplateKey[], logicalId: string | undefined): Failure {
  if (keys.length === 0) {
    return new Failure(ErrorName.INVALID_REQUEST, {
      where: path,
      what: 'no KMS key is declared',
      allowed: `resources of type AWS::KMS::Key, AWS::KMS::ReplicaKey or ${ROTATING_KEY_RESOURCE_TYPE}`,
      remedy: 'name the template of the stack that declares the key',
    });
  }
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: path,
    what: 'no key has this logical id',
    given: logicalId,
    allowed: [...new Set(keys.map((key) => key.logicalId))].join(', '),
    remedy: 'name one of them, or omit --key to list all',
  });
}
