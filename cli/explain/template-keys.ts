import { documentIn, parseJsonWithReferences } from './json-with-references';
import { referenceIn } from './references';
import { resourcesOf, type Template, type TemplateResource } from './template';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import { isRecord, readableValue } from '../../src/contract/policies/readable-value';
import { KEY_MATERIAL_RESOURCE_TYPE } from '../../src/contract/requests/import-request';

/** A KMS key of a template, or a family of them. */
export interface TemplateKey {
  readonly logicalId: string;
  readonly type: string;
  readonly aliases: readonly string[];
  /** The resources that give it these aliases: a reference to one of them is its name. */
  readonly aliasIds: readonly string[];
  /** The declared key policy. Absent: KMS gives the key its default policy. */
  readonly policy?: unknown;
  /** The resources whose reference or ARN means this key: itself, and what makes others wait for its material. */
  readonly standIns: readonly string[];
}

const NATIVE_KEYS = ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'];

/** The keys of a template, in its order. */
export function keysOf(template: Template): TemplateKey[] {
  return resourcesOf(template, [...NATIVE_KEYS, ROTATING_KEY_RESOURCE_TYPE]).map(([logicalId, resource]) =>
    resource.Type === ROTATING_KEY_RESOURCE_TYPE ? rotatingKey(logicalId, resource) : nativeKey(template, logicalId, resource));
}

function nativeKey(template: Template, logicalId: string, { Type: type, Properties: { KeyPolicy } = {} }: TemplateResource): TemplateKey {
  const fillings = resourcesOf(template, [KEY_MATERIAL_RESOURCE_TYPE])
    .filter(([, { Properties }]) => referenceIn(Properties?.KeyArn) === logicalId)
    .map(([filling]) => filling);
  const standIns = [logicalId, ...fillings];
  const aliases = resourcesOf(template, ['AWS::KMS::Alias'])
    .filter(([, { Properties }]) => standIns.includes(referenceIn(Properties?.TargetKeyId) ?? ''));
  return {
    logicalId,
    type,
    aliases: aliases.map(([, { Properties }]) => readableValue(Properties?.AliasName)),
    aliasIds: aliases.map(([alias]) => alias),
    standIns,
    ...(KeyPolicy === undefined ? {} : { policy: documentIn(KeyPolicy) }),
  };
}

/** The family travels as one JSON text, and the declared policy as a JSON text in it. */
function rotatingKey(logicalId: string, { Type: type, Properties }: TemplateResource): TemplateKey {
  const family = parseJsonWithReferences(Properties?.Family);
  const policy = isRecord(family) ? parseJsonWithReferences(family.policyDocument) : undefined;
  if (!isRecord(family) || policy === undefined) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: logicalId,
      what: 'family of the rotating key cannot be read',
      allowed: 'a Family with a policyDocument, as RotatingKey writes it',
      remedy: 'synthesize the stack again, with the version of cdk-kms-lifecycle that this command belongs to',
    });
  }
  return { logicalId, type, aliases: [readableValue(family.alias)], aliasIds: [], policy, standIns: [logicalId] };
}
