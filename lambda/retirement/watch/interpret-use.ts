import type { CallRecord } from './call-record';
import { isEchoContext } from './echo-context';
import { EVIDENCE_SCHEMA, type UseEvidence } from '../../../src/contract/evidence/evidence';
import type { FamilyRoles } from '../../../src/contract/family/family-description';
import { generationOfAlias } from '../../../src/contract/family/generation-tags';
import type { AliasEntry } from '../../ports';

/** Operations by which somebody asks for a key because something depends on it. Looking at a key is none. */
const USES: ReadonlySet<string> = new Set([
  'Decrypt', 'Encrypt', 'ReEncrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext', 'CreateGrant',
]);

/** A use of one generation. */
export interface NotedUse {
  readonly keyId: string;
  readonly use: UseEvidence;
}

/** Where a family stands: its alias, and every alias of account and Region that may be one of its own. */
export interface WatchedFamily {
  readonly alias: string;
  readonly aliases: readonly AliasEntry[];
}

/** What kind of use a call is, whatever key it was about. Our own calls are none, but for the echo. */
export function kindOfUse({ operation, role, errorCode, encryptionContext }: CallRecord, alias: string, roles: FamilyRoles): UseEvidence['kind'] | undefined {
  if (!USES.has(operation)) return undefined;
  if (role === roles.retirement) {
    // What a denied call had asked for is not told; the retirement role encrypts nothing else.
    const isEcho = operation === 'Encrypt' && errorCode !== 'none' && (encryptionContext === undefined || isEchoContext(encryptionContext, alias));
    return isEcho ? 'echo' : undefined;
  }
  return role === roles.control || role === roles.worker ? undefined : 'use';
}

/** Pure: the generations of a family that a call was about, each with what is noted. ReEncrypt may be about two. */
export function interpretUse(call: CallRecord, family: WatchedFamily, roles: FamilyRoles): NotedUse[] {
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

/** The id of a key, or an alias with its `alias/`: what an ARN ends with. */
function withoutArn(name: string): string {
  const resource = name.startsWith('arn:') ? name.split(':').slice(5).join(':') : name;
  return resource.startsWith('key/') ? resource.slice('key/'.length) : resource;
}
