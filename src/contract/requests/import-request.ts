import { PropertyDecoder, type DeliveredProperties } from './property-decoder';

/** Encoding of the key material in a secret. */
export type SecretEncoding = 'binary' | 'base64' | 'hex';

/** Key material in AWS Secrets Manager. */
export interface SecretLocation {
  readonly secretArn: string;
  /**
   * The version that contains the key material. Absent: AWSCURRENT at the first import, and the same version for every
   * later import.
   */
  readonly versionId?: string;
  readonly encoding: SecretEncoding;
}

/** When KMS deletes the imported key material. */
export type RequestedExpiration =
  | { readonly kind: 'never' }
  /** At a fixed instant, ISO 8601. */
  | { readonly kind: 'at'; readonly at: string }
  /** This number of seconds after each import. */
  | { readonly kind: 'after'; readonly seconds: number };

/** The decoded request of `Custom::KmsKeyMaterial` to its handler. */
export interface ImportRequest {
  readonly keyArn: string;
  readonly secret: SecretLocation;
  readonly expiration: RequestedExpiration;
  readonly wrappingAlgorithm: string;
  readonly wrappingKeySpec: string;
}

/** Resource properties. Every leaf is text, because CloudFormation delivers numbers and booleans as text. */
export type ImportProperties = { readonly [property: string]: string | undefined };

/** The CloudFormation resource type behind `ImportedMaterialKey`. */
export const KEY_MATERIAL_RESOURCE_TYPE = 'Custom::KmsKeyMaterial';

/**
 * Key spec of the RSA public key that KMS returns to wrap key material. It is the largest one; a smaller
 * one saves nothing.
 */
export const WRAPPING_KEY_SPEC = 'RSA_4096';

/** The attributes that the resource returns after an import. None is secret. */
export type ImportAttribute = 'KeyArn' | 'KeyId' | 'KeyMaterialId' | 'SecretVersionId' | 'ValidTo';

/** Encodes a request as resource properties. */
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

/** Decodes a request from resource properties. The error names the first property that is not usable. */
export function decodeImport(properties: DeliveredProperties): ImportRequest {
  const decoder = new PropertyDecoder(KEY_MATERIAL_RESOURCE_TYPE, 'ImportedMaterialKey', properties);
  return {
    keyArn: decoder.text('KeyArn'),
    secret: {
      secretArn: decoder.text('SecretArn'),
      versionId: decoder.has('SecretVersionId') ? decoder.text('SecretVersionId') : undefined,
      encoding: decoder.oneOf('SecretEncoding', ['binary', 'base64', 'hex']),
    },
    expiration: decodeExpiration(decoder),
    wrappingAlgorithm: decoder.text('WrappingAlgorithm'),
    wrappingKeySpec: decoder.text('WrappingKeySpec'),
  };
}

function decodeExpiration(decoder: PropertyDecoder): RequestedExpiration {
  const kind = decoder.oneOf('Expiration', ['never', 'at', 'after']);
  switch (kind) {
    case 'never':
      return { kind };
    case 'at':
      return { kind, at: decoder.instant('ExpiresAt') };
    case 'after':
      return { kind, seconds: decoder.positiveInteger('ExpiresAfterSeconds') };
  }
}
