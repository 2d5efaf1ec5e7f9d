import { createHash } from 'node:crypto';
import { MATERIAL_DESCRIPTION } from '../../src/contract/limits';

const VERSION = 'secret-version:';
const SECRET = 'secret:';
const SECRET_DIGEST = 'secret-sha256:';
const REQUESTED_AT = 'at:';

/**
 * The description of imported key material in KMS: the version of the secret that it comes from, the ARN of that
 * secret, and the time of the deployment that imported it, if that is known.
 *
 * KMS stores it in the same call that imports the key material, so that an interrupted import never lacks it. Key
 * material is imported again from this version, even if the secret has a newer one. An ARN that KMS does not accept in
 * a description is recorded as its SHA-256.
 */
export function recordVersion(versionId: string, secretArn: string, requestedAt?: Date): string {
  const time = requestedAt === undefined ? '' : ` ${REQUESTED_AT}${requestedAt.toISOString()}`;
  const readable = `${VERSION}${versionId} ${SECRET}${secretArn}${time}`;
  if (readable.length <= MATERIAL_DESCRIPTION.length && MATERIAL_DESCRIPTION.characters.test(readable)) return readable;
  return `${VERSION}${versionId} ${digestOf(secretArn)}${time}`;
}

/** When AWS CloudFormation sent the event that imported key material. Undefined if it is not recorded. */
export function recordedTime(description: string | undefined): Date | undefined {
  const time = recordedVersion(description) === undefined ? undefined : description?.split(' ')[2];
  const recorded = new Date(time?.startsWith(REQUESTED_AT) ? time.slice(REQUESTED_AT.length) : Number.NaN);
  return Number.isNaN(recorded.getTime()) ? undefined : recorded;
}

/** The secret version of key material, or `undefined` if another tool imported it. */
export function recordedVersion(description: string | undefined): string | undefined {
  return description?.startsWith(VERSION) ? description.slice(VERSION.length).split(' ')[0] : undefined;
}

/**
 * The recorded secret of key material, if it is another one than `secretArn`: its ARN, or `secret-sha256:` and the
 * SHA-256 of its ARN. Earlier versions of this library recorded no secret: it then counts as the same.
 */
export function recordedOtherSecret(description: string | undefined, secretArn: string): string | undefined {
  if (recordedVersion(description) === undefined) return undefined;
  const recorded = description?.split(' ')[1];
  if (recorded === undefined || recorded === `${SECRET}${secretArn}` || recorded === digestOf(secretArn)) return undefined;
  return recorded.startsWith(SECRET) ? recorded.slice(SECRET.length) : recorded;
}

function digestOf(secretArn: string): string {
  return `${SECRET_DIGEST}${createHash('sha256').update(secretArn).digest('hex')}`;
}
