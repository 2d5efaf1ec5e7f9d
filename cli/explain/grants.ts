import { referenceIn } from './references';
import { resourcesOf, type Template } from './template';
import type { TemplateKey } from './template-keys';
import { templateCondition, type PolicyStatement } from '../../src/contract/policies/access-table';
import { isRecord, listOf, readableValue } from '../../src/contract/policies/readable-value';
import { GRANT_RESOURCE_TYPE } from '../../src/contract/requests/grant-request';

/** A KMS grant of a template, as a statement that allows the same. */
export interface TemplateGrant {
  readonly logicalId: string;
  readonly policyStatement: PolicyStatement;
}

/** Operations to which the encryption context of a grant does not apply. Source: "Grant operations", KMS guide. */
const WITHOUT_CONTEXT = ['CreateGrant', 'DescribeKey', 'RetireGrant'];

/**
 * The grants on a key that a template declares. A grant whose key is known only at deployment is listed for every key:
 * a missing row is worse than one too many.
 */
export function grantsOn({ referenceIds }: TemplateKey, template: Template): TemplateGrant[] {
  return resourcesOf(template, [GRANT_RESOURCE_TYPE]).flatMap(([logicalId, { Properties = {}, Condition }]) => {
    const key = referenceIn(Properties.KeyArn);
    if (typeof Properties.KeyArn === 'string' || (key !== undefined && !referenceIds.includes(key))) return [];
    const operations = listOf(Properties.Operations).map((operation) => readableValue(operation));
    const always = operations.filter((operation) => WITHOUT_CONTEXT.includes(operation));
    const constrained = operations.filter((operation) => !WITHOUT_CONTEXT.includes(operation));
    const when = Condition === undefined ? [] : [templateCondition(Condition)];
    return [{ allowed: constrained, conditions: constraintOf(Properties) }, { allowed: always, conditions: undefined }]
      .filter(({ allowed }) => allowed.length > 0)
      .map(({ allowed, conditions }) => ({
        logicalId,
        policyStatement: {
          where: logicalId,
          when,
          statement: {
            Effect: 'Allow',
            Principal: { AWS: Properties.GranteePrincipal },
            Action: allowed.map((operation) => `kms:${operation}`),
            ...(conditions === undefined ? {} : { Condition: conditions }),
          },
        },
      }));
  });
}

function constraintOf({ EncryptionContextEquals: equals, EncryptionContextSubset: subset }: { readonly [name: string]: unknown }):
object | undefined {
  const pairs = equals ?? subset;
  if (!isRecord(pairs)) return undefined;
  const StringEquals = Object.fromEntries(Object.entries(pairs).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]));
  if (equals === undefined) return { StringEquals };
  return { StringEquals, 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': Object.keys(pairs) } };
}
