import type { CallRecord } from './call-record';
import { isProbeContext } from './probe-context';
import { EVIDENCE_SCHEMA, type UseEvidence } from '../../../src/contract/evidence/evidence';
import type { FamilyRoles } from '../../../src/contract/family/family-description';
import { generationOfAlias } from '../../../src/contract/family/generation-tags';
import type { AliasEntry } from '../../ports/key-family';

/** Operations that show that an application depends on a key. Operations that only read its metadata do not. */
const USES: ReadonlySet<string> = new Set([
  'Decrypt', 'Encrypt', 'ReEncrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext', 'CreateGrant',
]);

/** A use of one generation, as it is written to the evidence. */
export interface RecordedUse {
  readonly keyId: string;
  readonly use: UseEvidence;
}

/** The alias of a family, and every alias of the account and Region that can belong to it. */
export interface WatchedFamily {
  readonly alias: string;
  readonly aliases: readonly AliasEntry[];
}

/**
 * Classifies a call to any key. Calls by the family's own roles are not a use, except for the watch probe.
 */
export function kindOfUse(
  { operation, role, errorCode, encryptionContext }: CallRecord, alias: string, roles: FamilyRoles,
): UseEvidence['kind'] | undefined {
  if (!USES.has(operation)) return undefined;
  if (role === roles.retirement) {
    // CloudTrail does not record the encryption context of a denied call. The retirement role calls Encrypt for the
    // watch probe only.
    const hasProbeContext = encryptionContext === undefined || isProbeContext(encryptionContext, alias);
    return operation === 'Encrypt' && errorCode !== 'none' && hasProbeContext ? 'watch-probe' : undefined;
  }
  return role === roles.control || role === roles.worker ? undefined : 'use';
}

/** Returns what to record for each generation of a family that a call refers to. ReEncrypt can refer to two. Pure. */
export function interpretUse(call: CallRecord, family: WatchedFamily, roles: FamilyRoles): RecordedUse[] {
  const kind = kindOfUse(call, family.alias, roles);
  if (kind === undefined) return [];
  const { at, eventId, operation, errorCode, principal } = call;
  const use: UseEvidence = { schema: EVIDENCE_SCHEMA, kind, at: at.toISOString(), eventId, operation, errorCode, principal };
  return generationsIn(call.keyNames, family).map((keyId) => ({ keyId, use }));
}

function generationsIn(names: readonly string[], { alias, aliases }: WatchedFamily): string[] {
  const own = aliases.filter(({ aliasName }) => aliasName === alias || generationOfAlias(alias, aliasName) !== undefined);
  const keyIds = new Map(own.flatMap(({ aliasName, keyId }) => [[aliasName, keyId], [keyId, keyId]]));
  const found = names.map((name) => keyIds.get(withoutArn(name)));
  return [...new Set(found.filter((keyId) => keyId !== undefined))];
}

/** The resource part of an ARN: a key id, or an alias with its prefix `alias/`. */
function withoutArn(name: string): string {
  const resource = name.startsWith('arn:') ? name.split(':').slice(5).join(':') : name;
  return resource.startsWith('key/') ? resource.slice('key/'.length) : resource;
}
