import { timingSafeEqual } from 'node:crypto';
import { macOf, type MacAlgorithm } from '../../crypto/mac';
import { invalidMac } from '../../protocol/errors';
import { CIPHERTEXT_BLOB, DRY_RUN, GRANT_TOKENS, KEY_ID, MESSAGE } from '../../protocol/members';
import { oneOf, optional, structure } from '../../protocol/shape';
import { endDryRun } from '../call/dry-run';
import { operation } from '../call/operation';
import { requireUse, secretOf, usableKey } from '../call/usable-key';

const MAC_ALGORITHM = oneOf<MacAlgorithm>('HMAC_SHA_224', 'HMAC_SHA_256', 'HMAC_SHA_384', 'HMAC_SHA_512');

const GENERATE_MAC = structure({
  Message: MESSAGE,
  KeyId: KEY_ID,
  MacAlgorithm: MAC_ALGORITHM,
  GrantTokens: optional(GRANT_TOKENS),
  DryRun: optional(DRY_RUN),
});

export const generateMac = operation(GENERATE_MAC, async (request, call) => {
  const { MacAlgorithm: algorithm } = request;
  const key = await usableKey(call, 'GenerateMac', 'GenerateMac', call.keyByAnyName(request.KeyId));
  requireUse('GenerateMac', key, 'GENERATE_VERIFY_MAC', algorithm);
  endDryRun(call);
  const mac = macOf(request.Message, secretOf(key), algorithm);
  call.recordUse('GenerateMac', key);
  return { Mac: mac.toString('base64'), MacAlgorithm: algorithm, KeyId: key.arn };
});

const VERIFY_MAC = structure({
  Message: MESSAGE,
  KeyId: KEY_ID,
  MacAlgorithm: MAC_ALGORITHM,
  Mac: CIPHERTEXT_BLOB,
  GrantTokens: optional(GRANT_TOKENS),
  DryRun: optional(DRY_RUN),
});

/** Verifies a MAC. A MAC that is not valid is an error, never an answer. */
export const verifyMac = operation(VERIFY_MAC, async (request, call) => {
  const { MacAlgorithm: algorithm, Mac: given } = request;
  const key = await usableKey(call, 'VerifyMac', 'VerifyMac', call.keyByAnyName(request.KeyId));
  requireUse('VerifyMac', key, 'GENERATE_VERIFY_MAC', algorithm);
  const right = macOf(request.Message, secretOf(key), algorithm);
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw invalidMac();
  endDryRun(call);
  call.recordUse('VerifyMac', key);
  return { KeyId: key.arn, MacValid: true, MacAlgorithm: algorithm };
});
