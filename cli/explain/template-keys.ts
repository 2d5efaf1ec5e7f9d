import { documentIn, parseJsonWithReferences } from './json-with-references';
import { referenceIn } from './references';
import { resourcesOf, type Template, type TemplateResource } from './template';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import { isNoValue, isRecord, readableValue } from '../../src/contract/policies/readable-value';
import { KEY_MATERIAL_RESOURCE_TYPE } from '../../src/contract/requests/import-request';

/** A KMS key of a template, or a rotating key. */
export interface TemplateKey {
  readonly logicalId: string;
  readonly type: string;
  readonly aliases: readonly string[];
  /** Logical ids of the `AWS::KMS::Alias` resources of these aliases. `Ref` returns the name of the alias. */
  readonly aliasIds: readonly string[];
  /** The declared key policy. If it is missing, KMS attaches its default policy. */
  readonly policy?: unknown;
  /** Logical ids whose reference or ARN identifies this key: its own, and those of its key material resources. */
  readonly referenceIds: readonly string[];
}

/** The policy that KMS attaches to a key that is created without one. */
export const DEFAULT_KEY_POLICY = {
  Statement: { Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } }, Action: 'kms:*', Resource: '*' },
};

const NATIVE_KEYS = ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'];

/** The keys of a template, in the order of the template. */
export function keysOf(template: Template): TemplateKey[] {
  return resourcesOf(template, [...NATIVE_KEYS, ROTATING_KEY_RESOURCE_TYPE]).map(([logicalId, resource]) =>
    resource.Type === ROTATING_KEY_RESOURCE_TYPE ? rotatingKey(logicalId, resource) : nativeKey(template, logicalId, resource));
}

function nativeKey(template: Template, logicalId: string, { Type: type, Properties: { KeyPolicy } = {} }: TemplateResource): TemplateKey {
  const importIds = resourcesOf(template, [KEY_MATERIAL_RESOURCE_TYPE])
    .filter(([, { Properties }]) => referenceIn(Properties?.KeyArn) === logicalId)
    .map(([importId]) => importId);
  const referenceIds = [logicalId, ...importIds];
  const aliases = resourcesOf(template, ['AWS::KMS::Alias'])
    .filter(([, { Properties }]) => referenceIds.includes(referenceIn(Properties?.TargetKeyId) ?? ''));
  return {
    logicalId,
    type,
    aliases: aliases.map(([, { Properties }]) => readableValue(Properties?.AliasName)),
    aliasIds: aliases.map(([alias]) => alias),
    referenceIds,
    ...(KeyPolicy === undefined || isNoValue(KeyPolicy) ? {} : { policy: withDefault(documentIn(KeyPolicy)) }),
  };
}

/** A policy with the default policy in each alternative that is `AWS::NoValue`. */
function withDefault(policy: unknown): unknown {
  if (isNoValue(policy)) return DEFAULT_KEY_POLICY;
  const choice = isRecord(policy) ? policy['Fn::If'] : undefined;
  if (!Array.isArray(choice)) return policy;
  const [condition, ...alternatives] = choice as unknown[];
  return { 'Fn::If': [condition, ...alternatives.map(withDefault)] };
}

/** The family is one property with JSON text, and the declared policy is JSON text in the family. */
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
  return { logicalId, type, aliases: [readableValue(family.alias)], aliasIds: [], policy, referenceIds: [logicalId] };
}
