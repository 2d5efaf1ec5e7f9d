import type { AuthorizationRequest, Authorizer } from '../../authorization/authorizer';
import type { ImportTokens } from '../../crypto/wrapping/import-tokens';
import type { Grant } from '../../model/grants/grant';
import { readGrantToken } from '../../model/grants/grant-token';
import type { KeyStore, KeyStores } from '../../model/keys/key-store';
import type { KmsKey } from '../../model/keys/kms-key';
import { requireState, type KeyOperation } from '../../model/keys/states';
import type { Propagation } from '../../model/time/propagation';
import type { Caller } from '../../protocol/caller';
import type { EncryptionContext } from '../../protocol/encryption-context';
import { accessDenied, aliasNotFound, invalidGrantToken, invalidKeyId, keyDoesNotExist } from '../../protocol/errors';
import { aliasArn, keyArn, readKeyReference } from '../../protocol/identifiers';

/** Everything around one call: who asks, where, when, and with which means it is answered. */
export interface CallSetting {
  readonly caller: Caller;
  /** The name of the operation, as in `Encrypt`. */
  readonly operation: string;
  /** The keys of every account and Region. */
  readonly stores: KeyStores;
  /** Epoch milliseconds on the virtual clock. */
  readonly now: number;
  readonly requestId: string;
  readonly eventId: string;
  readonly authorizer: Authorizer;
  readonly importTokens: ImportTokens;
  /** How long Regions take to agree. */
  readonly replicationMilliseconds: number;
  /** How long changes take until they are seen. */
  readonly propagation: Propagation;
}

/** Members that mean the same in every request that has them. */
interface CommonMembers {
  readonly EncryptionContext?: EncryptionContext;
  readonly SourceEncryptionContext?: EncryptionContext;
  readonly DestinationEncryptionContext?: EncryptionContext;
  readonly GrantTokens?: readonly string[];
  readonly DryRun?: boolean;
}

/** One call on its way: finds the keys it names, asks for permission, and notes what the audit log will tell. */
export class Call {
  /** For the audit log: the keys concerned, in the order in which they were found. */
  public readonly keyArns: string[] = [];
  /** The keys and aliases of the caller's account in the Region that was asked. */
  public readonly store: KeyStore;
  private members: CommonMembers = {};

  public constructor(public readonly setting: CallSetting) {
    this.store = setting.stores.at(setting.caller);
  }

  public get now(): number {
    return this.setting.now;
  }

  /** The request as it was read; empty until then. */
  public get request(): object {
    return this.members;
  }

  /** The source's, for ReEncrypt. */
  public get encryptionContext(): EncryptionContext | undefined {
    return this.members.EncryptionContext ?? this.members.SourceEncryptionContext;
  }

  public get destinationEncryptionContext(): EncryptionContext | undefined {
    return this.members.DestinationEncryptionContext;
  }

  public get dryRun(): boolean {
    return this.members.DryRun ?? false;
  }

  /** Takes the request, once it has been read. */
  public begin(request: object): void {
    this.members = request;
    for (const token of this.members.GrantTokens ?? []) this.grantOfToken(token);
  }

  /** Finds a key of the caller's own account by key id or key ARN, where KMS accepts no alias. */
  public keyById(given: string): KmsKey {
    const key = this.keyByIdInAnyAccount(given);
    if (key.account !== this.store.place.account) throw this.deniedOutside();
    return key;
  }

  /** Finds a key by key id or key ARN, where KMS accepts no alias but keys of other accounts. */
  public keyByIdInAnyAccount(given: string): KmsKey {
    const reference = readKeyReference(given, this.store.place);
    if (reference.kind === 'alias') throw invalidKeyId(given);
    return this.keyIn(this.storeOf(reference.account), reference.keyId);
  }

  /** Finds a key by key id, key ARN, alias name or alias ARN, in whichever account the ARN names. */
  public keyByAnyName(given: string): KmsKey {
    const reference = readKeyReference(given, this.store.place);
    const store = this.storeOf(reference.account);
    if (reference.kind === 'key') return this.keyIn(store, reference.keyId);
    const keyId = store.resolveAlias(reference.aliasName, this.now);
    if (keyId === undefined) throw aliasNotFound(aliasArn(store.place, reference.aliasName));
    return this.keyIn(store, keyId);
  }

  /** Finds the key that a ciphertext names, whichever account of this Region it is in; nothing when there is none. */
  public keyOfCiphertext(keyId: string): KmsKey | undefined {
    const key = this.setting.stores.findKey(this.store.place.region, keyId);
    if (key !== undefined) this.keyArns.push(key.arn);
    return key;
  }

  /** Finds the grant that a token names, on a key of whichever account in this Region. */
  public grantOfToken(token: string): { readonly key: KmsKey; readonly grant: Grant } {
    const named = readGrantToken(token);
    const key = this.setting.stores.findKey(this.store.place.region, named?.keyArn.split('/').at(-1) ?? '');
    const grant = key?.grants.get(named?.grantId ?? '');
    if (key === undefined || grant === undefined || key.arn !== named?.keyArn) throw invalidGrantToken();
    return { key, grant };
  }

  /**
   * Asks whether the caller may do this. Absent key: the action is on no key in particular.
   *
   * Answers the grant that the permission comes from, if it comes from one.
   */
  public async authorize(action: string, key?: KmsKey, encryptionContext?: EncryptionContext): Promise<Grant | undefined> {
    return this.ask(action, { key, encryptionContext });
  }

  /** Asks whether the caller may do this with an alias: permission for the key behind it is another question. */
  public async authorizeOnAlias(action: string, aliasName: string): Promise<void> {
    await this.ask(action, { aliasArn: aliasArn(this.store.place, aliasName) });
  }

  private async ask(action: string, on: Pick<AuthorizationRequest, 'key' | 'aliasArn' | 'encryptionContext'>): Promise<Grant | undefined> {
    const { caller, authorizer, now } = this.setting;
    const decision = await authorizer.decide({ caller, action: `kms:${action}`, ...on, request: this.members, store: this.store, now });
    if (decision === undefined) return undefined;
    if ('byGrant' in decision) return decision.byGrant;
    if (on.key !== undefined && on.key.account !== caller.account && decision.byIdentityPolicy !== true) throw this.deniedOutside(action);
    const resource = on.key?.arn ?? on.aliasArn ?? '*';
    throw accessDenied(`User: ${caller.principalArn} is not authorized to perform: kms:${action} on resource: ${resource} ${decision.because}`);
  }

  /** The way of most operations: permission first, then the state. */
  public async admit(operation: KeyOperation, key: KmsKey): Promise<void> {
    await this.authorize(operation, key);
    requireState(operation, key);
  }

  /** Remembers a successful cryptographic use. */
  public noteUse(operation: string, key: KmsKey): void {
    key.lastUse = { operation, at: this.now, requestId: this.setting.requestId, eventId: this.setting.eventId };
  }

  private storeOf(account: string): KeyStore {
    const { place } = this.store;
    return account === place.account ? this.store : this.setting.stores.at({ ...place, account });
  }

  private keyIn(store: KeyStore, keyId: string): KmsKey {
    const key = store.keys.get(keyId);
    if (key === undefined) throw store === this.store ? keyDoesNotExist(keyArn(store.place, keyId)) : this.deniedOutside();
    this.keyArns.push(key.arn);
    return key;
  }

  /** What AWS says about a key of another account that is not there, or of which the operation is not for strangers. */
  private deniedOutside(action = this.setting.operation): Error {
    return accessDenied(
      `User: ${this.setting.caller.principalArn} is not authorized to perform: kms:${action} on this resource because the resource does not exist `
      + 'in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access');
  }
}
