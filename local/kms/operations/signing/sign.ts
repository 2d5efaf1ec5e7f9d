import type { Message, MessageType, SignatureScheme } from '../../crypto/signatures/signature-scheme';
import { SIGNATURE_SCHEMES, SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../crypto/signatures/signature-schemes';
import type { KmsKey } from '../../model/keys/kms-key';
import { invalidSignature, validation } from '../../protocol/errors';
import { algorithmsOf } from '../../protocol/key-spec';
import { CIPHERTEXT_BLOB, DRY_RUN, GRANT_TOKENS, KEY_ID, MESSAGE } from '../../protocol/members';
import { oneOf, optional, structure } from '../../protocol/shape';
import type { Call } from '../call/call';
import { endDryRun } from '../call/dry-run';
import { operation } from '../call/operation';
import { requireUse, secretOf, usableKey } from '../call/usable-key';

const SIGNING_ALGORITHM = oneOf(...SIGNING_ALGORITHMS, 'SM2DSA');
const MESSAGE_TYPE = oneOf<MessageType>('RAW', 'DIGEST', 'EXTERNAL_MU');

const SIGN = structure({
  KeyId: KEY_ID,
  Message: MESSAGE,
  MessageType: optional(MESSAGE_TYPE),
  GrantTokens: optional(GRANT_TOKENS),
  SigningAlgorithm: SIGNING_ALGORITHM,
  DryRun: optional(DRY_RUN),
});

export const sign = operation(SIGN, async (request, call) => {
  const message: Message = { type: request.MessageType ?? 'RAW', bytes: request.Message };
  const { key, scheme } = await signingKey('Sign', request, message, call);
  endDryRun(call);
  const signature = scheme.sign(secretOf(key), message);
  call.recordUse('Sign', key);
  return { KeyId: key.arn, Signature: Buffer.from(signature).toString('base64'), SigningAlgorithm: request.SigningAlgorithm };
});

const VERIFY = structure({
  KeyId: KEY_ID,
  Message: MESSAGE,
  MessageType: optional(MESSAGE_TYPE),
  Signature: CIPHERTEXT_BLOB,
  SigningAlgorithm: SIGNING_ALGORITHM,
  GrantTokens: optional(GRANT_TOKENS),
  DryRun: optional(DRY_RUN),
});

/** Verifies a signature. A signature that is not valid is an error, never an answer. */
export const verify = operation(VERIFY, async (request, call) => {
  const message: Message = { type: request.MessageType ?? 'RAW', bytes: request.Message };
  const { key, scheme } = await signingKey('Verify', request, message, call);
  if (!scheme.verify(secretOf(key), message, request.Signature)) throw invalidSignature();
  endDryRun(call);
  call.recordUse('Verify', key);
  return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: request.SigningAlgorithm };
});

interface SigningRequest {
  readonly KeyId: string;
  readonly SigningAlgorithm: SigningAlgorithm | 'SM2DSA';
}

/** The key and the signature scheme, if the key can sign or verify this message with the algorithm. */
async function signingKey(
  name: 'Sign' | 'Verify', { KeyId, SigningAlgorithm: algorithm }: SigningRequest, message: Message, call: Call,
): Promise<{ key: KmsKey; scheme: SignatureScheme }> {
  const key = await usableKey(call, name, name, call.keyByAnyName(KeyId));
  requireUse(name, key, 'SIGN_VERIFY', algorithm);
  const scheme = schemeOf(algorithm);
  requireMessage(message, key, algorithm, scheme);
  return { key, scheme };
}

/**
 * Checks type and length of the message. The message for a digest of the wrong length is AWS's; the others are
 * those of emulators.
 */
function requireMessage({ type, bytes }: Message, key: KmsKey, algorithm: string, scheme: SignatureScheme): void {
  const length = scheme.messageLengths[type];
  if (length === undefined) {
    const others = algorithmsOf(key.keySpec, 'SIGN_VERIFY');
    const acceptedByOthers = others.some((other) => schemeOf(other).messageLengths[type] !== undefined);
    const cause = acceptedByOthers ? `algorithm ${algorithm}` : `key spec ${key.keySpec}`;
    throw validation(`Message type ${type} is incompatible with ${cause}.`);
  }
  if (length === 'any' || bytes.length === length) return;
  throw validation(`${type === 'DIGEST' ? 'Digest' : 'External Mu'} is invalid length for algorithm ${algorithm}.`);
}

function schemeOf(algorithm: string): SignatureScheme {
  const schemes: Readonly<Record<string, SignatureScheme>> = SIGNATURE_SCHEMES;
  const scheme = schemes[algorithm];
  if (scheme === undefined) throw new Error(`signature scheme ${algorithm} does not exist`);
  return scheme;
}
