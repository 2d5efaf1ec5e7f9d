import type { AuthorizationRequest, Authorizer } from '../../authorization/authorizer';
import type { ImportTokens } from '../../crypto/wrapping/import-tokens';
import type { Grant } from '../../model/grants/grant';
import { readGrantToken } from '../../model/grants/grant-token';
import type { KeyStore, KeyStores } from '../../model/keys/key-store';
import { periodOf, type KmsKey } from '../../model/keys/kms-key';
import { requireState, type KeyOperation } from '../../model/keys/states';
import type { Propagation } from '../../model/time/propagation';
import type { Caller } from '../../protocol/caller';
import type { EncryptionContext } from '../../protocol/encryption-context';
import { accessDenied, aliasNotFound, invalidGrantToken, invalidKeyId, keyDoesNotExist } from '../../protocol/errors';
import { aliasArn, keyArn, readKeyReference, type Place } from '../../protocol/identifiers';
import { isRead } from '../../protocol/operation-names';
import type { PrincipalDirectory } from '../../protocol/principals';

/** The context of one call: its caller, place and time, and the parts of the KMS that it needs. */
export interface CallSetting {
  readonly caller: Caller;
  /** The name of the operation: `Encrypt`. */
  readonly operation: string;
  /** The keys of every account and Region. */
  readonly stores: KeyStores;
  /** Epoch milliseconds on the virtual clock. */
  readonly now: number;
  readonly requestId: string;
  readonly eventId: string;
  readonly authorizer: Authorizer;
  /** The roles and users that exist. */
  readonly directory: PrincipalDirectory;
  readonly importTokens: ImportTokens;
  /** The duration of replication. */
  readonly replicationMilliseconds: number;
  /** The propagation delays of changes. */
  readonly propagation: Propagation;
  /** How far the state that this call reads is in the past, in milliseconds. */
  readonly lag: number;
}

/** Members that have the same meaning in every request. */
interface CommonMembers {
  readonly EncryptionContext?: EncryptionContext;
  readonly SourceEncryptionContext?: EncryptionContext;
  readonly DestinationEncryptionContext?: EncryptionContext;
  readonly GrantTokens?: readonly string[];
  readonly DryRun?: boolean;
}

const NO_POLICY_OF_THE_KEY = 'because no resource-based policy allows the action';

/**
 * Whether an AWS managed key allows an action to principals that call KMS directly. Its use is for its service alone.
 */
function isAllowedOnManagedKeys(action: string): boolean {
  return /^(Describe|Get|List)/.test(action) || action === 'RevokeGrant';
}

/** One call: finds its keys, checks permissions, and collects what the audit log records. */
export class Call {
  /** For the audit log: the keys of the call, in the order in which they were found. */
  public readonly keyArns: string[] = [];
  /** The keys and aliases of the caller's account in the Region of the call. */
  public readonly store: KeyStore;
  private members: CommonMembers = {};

  public constructor(public readonly setting: CallSetting) {
    this.store = this.storeAt(setting.caller);
  }

  public get now(): number {
    return this.setting.now;
  }

  /** The request as it was read; empty before. */
  public get request(): object {
    return this.members;
  }

  /** For ReEncrypt: the encryption context of the source. */
  public get encryptionContext(): EncryptionContext | undefined {
    return this.members.EncryptionContext ?? this.members.SourceEncryptionContext;
  }

  public get destinationEncryptionContext(): EncryptionContext | undefined {
    return this.members.DestinationEncryptionContext;
  }

  public get dryRun(): boolean {
    return this.members.DryRun ?? false;
  }

  /** Sets the request after it was read. */
  public begin(request: object): void {
    this.members = request;
    for (const token of this.members.GrantTokens ?? []) this.grantOfToken(token);
  }

  /** Finds a key of the caller's own account by key id or key ARN, for operations that accept no alias. */
  public keyById(given: string): KmsKey {
    const key = this.keyByIdInAnyAccount(given);
    if (key.account !== this.store.place.account) throw this.deniedOutside();
    return key;
  }

  /** Finds a key by key id or key ARN, for operations that accept no alias but keys of other accounts. */
  public keyByIdInAnyAccount(given: string): KmsKey {
    const reference = readKeyReference(given, this.store.place);
    if (reference.kind === 'alias') throw invalidKeyId(given);
    return this.keyIn(this.storeOf(reference.account), reference.keyId);
  }

  /** Finds a key by key id, key ARN, alias name or alias ARN, in the account that the ARN names. */
  public keyByAnyName(given: string): KmsKey {
    const reference = readKeyReference(given, this.store.place);
    const store = this.storeOf(reference.account);
    if (reference.kind === 'key') return this.keyIn(store, reference.keyId);
    const keyId = store.resolveAlias(reference.aliasName, this.now);
    if (keyId === undefined) throw aliasNotFound(aliasArn(store.place, reference.aliasName));
    return this.keyIn(store, keyId);
  }

  /** Finds the key that a ciphertext names, in any account of this Region; `undefined` if there is none. */
  public keyOfCiphertext(keyId: string): KmsKey | undefined {
    const key = this.setting.stores.findKey(this.store.place.region, keyId);
    if (key !== undefined) this.keyArns.push(key.arn);
    return key;
  }

  /** Finds the grant that a token names, on a key of any account in this Region. */
  public grantOfToken(token: string): { readonly key: KmsKey; readonly grant: Grant } {
    const named = readGrantToken(token);
    const key = this.setting.stores.findKey(this.store.place.region, named?.keyArn.split('/').at(-1) ?? '');
    const grant = key?.grants.get(named?.grantId ?? '');
    if (key === undefined || grant === undefined || key.arn !== named?.keyArn) throw invalidGrantToken();
    return { key, grant };
  }

  /**
   * Checks that the caller may perform the action; without a key, the action has no key.
   *
   * Returns the grant from which the permission comes, if it comes from a grant.
   */
  public async authorize(action: string, key?: KmsKey, encryptionContext?: EncryptionContext): Promise<Grant | undefined> {
    return this.requirePermission(action, { key, encryptionContext });
  }

  /** Checks that the caller may perform the action on an alias. The permission on its key is checked separately. */
  public async authorizeOnAlias(action: string, aliasName: string): Promise<void> {
    await this.requirePermission(action, { aliasArn: aliasArn(this.store.place, aliasName) });
  }

  private async requirePermission(
    action: string, on: Pick<AuthorizationRequest, 'key' | 'aliasArn' | 'encryptionContext'>,
  ): Promise<Grant | undefined> {
    const { caller, authorizer, now } = this.setting;
    if (on.key?.manager === 'AWS' && !isAllowedOnManagedKeys(action)) throw this.denied(action, on, NO_POLICY_OF_THE_KEY);
    const decision = await authorizer.decide({ caller, action: `kms:${action}`, ...on, request: this.members, store: this.store, now });
    if (decision === undefined) return undefined;
    if ('byGrant' in decision) return decision.byGrant;
    if (on.key !== undefined && on.key.account !== caller.account && decision.byIdentityPolicy !== true) throw this.deniedOutside(action);
    throw this.denied(action, on, decision.because);
  }

  private denied(action: string, on: Pick<AuthorizationRequest, 'key' | 'aliasArn'>, because: string): Error {
    const resource = on.key?.arn ?? on.aliasArn ?? '*';
    const { principalArn } = this.setting.caller;
    return accessDenied(`User: ${principalArn} is not authorized to perform: kms:${action} on resource: ${resource} ${because}`);
  }

  /** Checks the permission first and then the key state, in the order of most operations. */
  public async admit(operation: KeyOperation, key: KmsKey): Promise<void> {
    await this.authorize(operation, key);
    requireState(operation, key);
  }

  /** Records a successful cryptographic use. */
  public recordUse(operation: string, key: KmsKey): void {
    const { usageMilliseconds } = this.setting.propagation.delays;
    if (key.lastUse !== undefined && periodOf(key.lastUse.at, usageMilliseconds) < periodOf(this.now, usageMilliseconds)) {
      key.reportedUse = key.lastUse;
    }
    key.lastUse = { operation, at: this.now, requestId: this.setting.requestId, eventId: this.setting.eventId };
  }

  private storeOf(account: string): KeyStore {
    const { place } = this.store;
    return account === place.account ? this.store : this.storeAt({ ...place, account });
  }

  /** For a call that changes nothing and may read late: the keys and aliases of a moment before. */
  private storeAt(place: Place): KeyStore {
    const { stores, operation, now, lag } = this.setting;
    const store = stores.at(place);
    return isRead(operation) ? store.asOf(now - lag) : store;
  }

  private keyIn(store: KeyStore, keyId: string): KmsKey {
    const key = store.keys.get(keyId);
    if (key === undefined || key.createdAt > this.now - this.setting.lag) {
      throw store === this.store ? keyDoesNotExist(keyArn(store.place, keyId)) : this.deniedOutside();
    }
    this.keyArns.push(key.arn);
    return key;
  }

  /**
   * The error of AWS for a key of another account that does not exist, or that the operation does not allow
   * to other accounts.
   */
  private deniedOutside(action = this.setting.operation): Error {
    return accessDenied(
      `User: ${this.setting.caller.principalArn} is not authorized to perform: kms:${action} on this resource `
      + 'because the resource does not exist in this Region, no resource-based policies allow access, '
      + 'or a resource-based policy explicitly denies access');
  }
}
