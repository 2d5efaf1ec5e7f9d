import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { FAMILY_SCHEMA, type FamilyDescription } from '../../../src/contract/family/family-description';
import type { RotatingKeyProperties, RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import type { ResourceProperties } from '../../runtime/custom-resource';

/** Reads what CloudFormation hands over. Its text is never quoted in an error: a policy may be confidential. */
export function decodeRotatingKey(properties: ResourceProperties): RotatingKeyRequest {
  const { Family, StartFromKeyArn, AdoptFrom } = properties as Partial<RotatingKeyProperties>;
  return {
    family: decodeFamily(Family),
    ...(StartFromKeyArn === undefined ? {} : { startFromKeyArn: StartFromKeyArn }),
    ...(AdoptFrom === undefined ? {} : { adoptFrom: AdoptFrom }),
  };
}

function decodeFamily(text: unknown): FamilyDescription {
  const family = parse(text);
  if (family?.schema === FAMILY_SCHEMA) return family as FamilyDescription;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: 'property Family',
    what: 'is no description of a rotating key that this version of the library reads',
    given: family === undefined ? 'no JSON object' : `schema ${String(family.schema)}`,
    allowed: `schema ${FAMILY_SCHEMA}`,
    remedy: 'deploy the stack with the version of the library that wrote it',
  });
}

function parse(text: unknown): { readonly schema?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
