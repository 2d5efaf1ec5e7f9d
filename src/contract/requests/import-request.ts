import { UnusableProperty } from './unusable-property';

/** How the bytes stand in a secret. */
export type SecretEncoding = 'binary' | 'base64' | 'hex';

/** Key material that waits in AWS Secrets Manager. */
export interface SecretLocation {
  readonly secretArn: string;
  /** Which version gives the bytes. Absent: AWSCURRENT at the first import, and that same version for ever after. */
  readonly versionId?: string;
  readonly encoding: SecretEncoding;
}

/** When KMS is to forget imported material. */
export type RequestedExpiration =
  | { readonly kind: 'never' }
  /** At a fixed instant, ISO 8601. */
  | { readonly kind: 'at'; readonly at: string }
  /** So many seconds after each import. */
  | { readonly kind: 'after'; readonly seconds: number };

/** What `Custom::KmsKeyMaterial` asks its handler for. */
export interface ImportRequest {
  readonly keyArn: string;
  readonly secret: SecretLocation;
  readonly expiration: RequestedExpiration;
  readonly wrappingAlgorithm: string;
  readonly wrappingKeySpec: string;
}

/** Resource properties: every leaf is text, since CloudFormation makes it so on the way. */
export type ImportProperties = { readonly [property: string]: string | undefined };

/** The CloudFormation resource type behind `ImportedMaterialKey`. */
export const KEY_MATERIAL_RESOURCE_TYPE = 'Custom::KmsKeyMaterial';

/** The RSA key that KMS makes to wrap material under. Larger ones do not exist; smaller ones save nothing. */
export const WRAPPING_KEY_SPEC = 'RSA_4096';

/** The attributes that a finished import answers with. All are safe to show. */
export type ImportAttribute = 'KeyArn' | 'KeyId' | 'KeyMaterialId' | 'SecretVersionId' | 'ValidTo';

/** Writes a request down as resource properties. */
export function encodeImport(request: ImportRequest): ImportProperties {
  const { expiration } = request;
  return {
    KeyArn: request.keyArn,
    SecretArn: request.secret.secretArn,
    SecretVersionId: request.secret.versionId,
    SecretEncoding: request.secret.encoding,
    Expiration: expiration.kind,
    ExpiresAt: expiration.kind === 'at' ? expiration.at : undefined,
    ExpiresAfterSeconds: expiration.kind === 'after' ? String(expiration.seconds) : undefined,
    WrappingAlgorithm: request.wrappingAlgorithm,
    WrappingKeySpec: request.wrappingKeySpec,
  };
}

/** Reads a request back, and complains about the first property that cannot be right. */
export function decodeImport(properties: ImportProperties): ImportRequest {
  return {
    keyArn: required(properties, 'KeyArn'),
    secret: {
      secretArn: required(properties, 'SecretArn'),
      versionId: properties.SecretVersionId === undefined ? undefined : required(properties, 'SecretVersionId'),
      encoding: oneOf(properties, 'SecretEncoding', ['binary', 'base64', 'hex'] as const),
    },
    expiration: decodeExpiration(properties),
    wrappingAlgorithm: required(properties, 'WrappingAlgorithm'),
    wrappingKeySpec: required(properties, 'WrappingKeySpec'),
  };
}

function decodeExpiration(properties: ImportProperties): RequestedExpiration {
  const kind = oneOf(properties, 'Expiration', ['never', 'at', 'after'] as const);
  switch (kind) {
    case 'never':
      return { kind };
    case 'at': {
      const at = required(properties, 'ExpiresAt');
      if (Number.isNaN(Date.parse(at))) throw unusable('ExpiresAt', at, 'an instant such as 2027-03-01T00:00:00.000Z');
      return { kind, at };
    }
    case 'after': {
      const text = required(properties, 'ExpiresAfterSeconds');
      if (!/^[1-9][0-9]*$/.test(text)) throw unusable('ExpiresAfterSeconds', text, 'a whole number of seconds, 1 or more');
      return { kind, seconds: Number(text) };
    }
  }
}

function required(properties: ImportProperties, name: string): string {
  const value = properties[name];
  if (typeof value !== 'string' || value === '') throw unusable(name, value === undefined ? 'nothing' : JSON.stringify(value), 'text');
  return value;
}

function oneOf<T extends string>(properties: ImportProperties, name: string, allowed: readonly T[]): T {
  const value = required(properties, name);
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw unusable(name, value, allowed.join(', '));
  return found;
}

function unusable(name: string, given: string, allowed: string): UnusableProperty {
  return new UnusableProperty({
    where: `${KEY_MATERIAL_RESOURCE_TYPE} ${name}`,
    what: 'property is not usable',
    given,
    allowed,
    remedy: 'deploy with the construct ImportedMaterialKey of the same library version as its handler',
  });
}
