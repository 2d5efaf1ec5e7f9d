import type { CallRecord } from './call-record';
import type { WatchedKeys } from './known-keys';
import { isProbeContext } from './probe-context';
import { EVIDENCE_SCHEMA, type UseEvidence } from '../../../src/contract/evidence/evidence';
import type { FamilyRoles } from '../../../src/contract/family/family-description';
import { generationOfAlias } from '../../../src/contract/family/generation-tags';
import { WATCHED_OPERATIONS } from '../../../src/contract/family/watched-calls';

/** Operations that show that an application depends on a key. Operations that only read its metadata do not. */
const USES: ReadonlySet<string> = new Set(WATCHED_OPERATIONS);

/** A use of one generation, as it is written to the evidence. */
export interface RecordedUse {
  readonly keyId: string;
  readonly use: UseEvidence;
}

/** The alias of a family, and the keys that it watches. */
export interface WatchedFamily extends WatchedKeys {
  readonly alias: string;
}

/**
 * Classifies a call to any key. Calls by the family's own roles are not a use, except for watch probes.
 */
export function kindOfUse(
  { operation, role, errorCode, encryptionContext }: CallRecord, alias: string, roles: FamilyRoles,
): UseEvidence['kind'] | undefined {
  if (!USES.has(operation)) return undefined;
  // The control role may not request data keys. It does so for the probe of a rotation only.
  if (role === roles.control) return operation === 'GenerateDataKeyWithoutPlaintext' && errorCode !== 'none' ? 'watch-probe' : undefined;
  if (role === roles.retirement) {
    // CloudTrail does not record the encryption context of a denied call. The retirement role calls Encrypt for the
    // watch probe only.
    const hasProbeContext = encryptionContext === undefined || isProbeContext(encryptionContext, alias);
    return operation === 'Encrypt' && errorCode !== 'none' && hasProbeContext ? 'watch-probe' : undefined;
  }
  return role === roles.worker ? undefined : 'use';
}

/** Returns what to record for each generation of a family that a call refers to. ReEncrypt can refer to two. Pure. */
export function interpretUse(call: CallRecord, family: WatchedFamily, roles: FamilyRoles): RecordedUse[] {
  const kind = kindOfUse(call, family.alias, roles);
  if (kind === undefined) return [];
  const { at, eventId, operation, errorCode, principal, role } = call;
  const use: UseEvidence = { schema: EVIDENCE_SCHEMA, kind, at: at.toISOString(), eventId, operation, errorCode, principal, role };
  return generationsIn(call.keyNames, family).map((keyId) => ({ keyId, use }));
}

function generationsIn(names: readonly string[], { alias, aliases, scheduled }: WatchedFamily): string[] {
  const own = aliases.filter(({ aliasName }) => aliasName === alias || generationOfAlias(alias, aliasName) !== undefined);
  const keyIds = new Map([
    ...scheduled.map((keyId) => [keyId, keyId] as const),
    ...own.flatMap(({ aliasName, keyId }) => [[aliasName, keyId], [keyId, keyId]] as const),
  ]);
  const found = names.map((name) => keyIds.get(withoutArn(name)));
  return [...new Set(found.filter((keyId) => keyId !== undefined))];
}

/** The resource part of an ARN: a key id, or an alias with its prefix `alias/`. */
function withoutArn(name: string): string {
  const resource = name.startsWith('arn:') ? name.split(':').slice(5).join(':') : name;
  return resource.startsWith('key/') ? resource.slice('key/'.length) : resource;
}
