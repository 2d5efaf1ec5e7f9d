import type { Alias } from '../../model/keys/key-store';
import type { KmsKey } from '../../model/keys/kms-key';
import { aliasExists, aliasMovesToOtherKind, aliasNotFound, limitExceeded, reservedAlias, validation } from '../../protocol/errors';
import { aliasArn } from '../../protocol/identifiers';
import { factsOf } from '../../protocol/key-spec';
import { ALIAS_NAME, KEY_ID, LIMIT, MARKER } from '../../protocol/members';
import { page } from '../../protocol/pages';
import { optional, structure } from '../../protocol/shape';
import type { Call } from '../call/call';
import { operation, seconds } from '../call/operation';

const ALIASES_PER_KEY = 50;

export const createAlias = operation(structure({ AliasName: ALIAS_NAME, TargetKeyId: KEY_ID }), async (request, call) => {
  requireOwnAliasName(request.AliasName);
  const key = targetOf(request.TargetKeyId, call);
  await call.authorizeOnAlias('CreateAlias', request.AliasName);
  await call.admit('CreateAlias', key);
  if (call.store.aliases.has(request.AliasName)) throw aliasExists(aliasArn(call.store.place, request.AliasName));
  requireRoomForAlias(key, call);
  recordFormerTarget(request.AliasName, call);
  call.store.aliases.set(request.AliasName, { aliasName: request.AliasName, keyId: key.keyId, createdAt: call.now, updatedAt: call.now });
});

/**
 * Moves an alias. The former target may be pending deletion, the new one may not. Permission is required for the alias
 * and for both keys.
 */
export const updateAlias = operation(structure({ AliasName: ALIAS_NAME, TargetKeyId: KEY_ID }), async (request, call) => {
  requireOwnAliasName(request.AliasName);
  const key = targetOf(request.TargetKeyId, call);
  const alias = existingAlias(request.AliasName, call);
  const former = call.keyById(alias.keyId);
  await call.authorizeOnAlias('UpdateAlias', alias.aliasName);
  await call.authorize('UpdateAlias', former);
  await call.admit('UpdateAlias', key);
  requireSameKind(former, key, aliasArn(call.store.place, alias.aliasName));
  if (alias.keyId !== key.keyId) requireRoomForAlias(key, call);
  recordFormerTarget(alias.aliasName, call);
  alias.keyId = key.keyId;
  alias.updatedAt = call.now;
});

export const deleteAlias = operation(structure({ AliasName: ALIAS_NAME }), async (request, call) => {
  requireOwnAliasName(request.AliasName);
  const alias = existingAlias(request.AliasName, call);
  await call.authorizeOnAlias('DeleteAlias', alias.aliasName);
  await call.admit('DeleteAlias', call.keyById(alias.keyId));
  recordFormerTarget(alias.aliasName, call);
  call.store.aliases.delete(alias.aliasName);
});

export const listAliases = operation(
  structure({ KeyId: optional(KEY_ID), Limit: optional(LIMIT), Marker: optional(MARKER) }),
  async (request, call) => {
    const key = request.KeyId === undefined ? undefined : call.keyById(request.KeyId);
    await call.authorize('ListAliases');
    const aliases = key === undefined ? [...call.store.aliases.values()] : call.store.aliasesOf(key);
    const { entries, ...end } = page(
      'ListAliases', aliases.map((alias) => ({ position: alias.aliasName, entry: alias })), request, { default: 50, max: 100 });
    return { Aliases: entries.map((alias) => aliasEntry(alias, call)), ...end };
  },
);

function aliasEntry(alias: Alias, call: Call): Record<string, unknown> {
  return {
    AliasName: alias.aliasName,
    AliasArn: aliasArn(call.store.place, alias.aliasName),
    TargetKeyId: alias.keyId,
    CreationDate: seconds(alias.createdAt),
    LastUpdatedDate: seconds(alias.updatedAt),
  };
}

function requireOwnAliasName(aliasName: string): void {
  if (!aliasName.startsWith('alias/')) {
    throw validation(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html');
  }
  if (aliasName.startsWith('alias/aws/')) throw reservedAlias();
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(aliasName)) throw validation(`${aliasName} contains invalid characters for an alias`);
}

function targetOf(targetKeyId: string, call: Call): KmsKey {
  if (targetKeyId.startsWith('alias/') || /^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(targetKeyId)) {
    throw validation('Aliases must refer to keys. Not aliases');
  }
  return call.keyById(targetKeyId);
}

function existingAlias(aliasName: string, call: Call): Alias {
  const alias = call.store.aliases.get(aliasName);
  if (alias === undefined) throw aliasNotFound(aliasArn(call.store.place, aliasName));
  return alias;
}

/** Checks that the new target has the class (symmetric, asymmetric, HMAC) and the usage of the former one. */
function requireSameKind(former: KmsKey, next: KmsKey, arn: string): void {
  const sameClass = factsOf(former.keySpec).keyClass === factsOf(next.keySpec).keyClass;
  if (!sameClass || former.keyUsage !== next.keyUsage) throw aliasMovesToOtherKind(arn, former, next);
}

/**
 * Records the former target: until the propagation delay is over, cryptographic operations still resolve the
 * alias to it.
 */
function recordFormerTarget(aliasName: string, call: Call): void {
  call.store.recordFormerTarget(aliasName, call.now, call.setting.propagation.delays.aliasMilliseconds);
}

function requireRoomForAlias(key: KmsKey, call: Call): void {
  const usage = call.store.aliasesOf(key).length;
  if (usage < ALIASES_PER_KEY) return;
  throw limitExceeded(`Aliases per key quota for this account in this region is ${ALIASES_PER_KEY}, current usage is ${usage}.`);
}
