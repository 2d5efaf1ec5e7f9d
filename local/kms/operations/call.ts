import type { Authorizer } from '../authorization/authorizer';
import type { EncryptionContext } from '../crypto/encryption-context';
import { accessDenied, aliasNotFound, invalidGrantToken, invalidKeyId, keyDoesNotExist } from '../errors';
import { aliasArn, keyArn, readKeyReference } from '../keys/identifiers';
import type { KeyStore } from '../keys/key-store';
import type { KmsKey } from '../keys/kms-key';
import { requireState, type KeyOperation } from '../keys/states';
import type { ImportTokens } from '../material/import-tokens';
import type { Caller } from '../protocol/caller';

/** Everything around one call: who asks, where, when, and with which means it is answered. */
export interface CallSetting {
  readonly caller: Caller;
  readonly store: KeyStore;
  /** Epoch milliseconds on the virtual clock. */
  readonly now: number;
  readonly requestId: string;
  readonly eventId: string;
  readonly authorizer: Authorizer;
  readonly importTokens: ImportTokens;
}

/** One call on its way: finds the keys it names, asks for permission, and notes what the audit log will tell. */
export class Call {
  /** For the audit log: the keys concerned, in the order in which they were found. */
  public readonly keyArns: string[] = [];
  public encryptionContext?: EncryptionContext;
  public destinationEncryptionContext?: EncryptionContext;
  public dryRun = false;

  public constructor(public readonly setting: CallSetting) {}

  public get now(): number {
    return this.setting.now;
  }

  public get store(): KeyStore {
    return this.setting.store;
  }

  /** Finds a key by key id or key ARN, where KMS accepts no alias. */
  public keyById(given: string): KmsKey {
    const reference = readKeyReference(given, this.store.place);
    if (reference.kind === 'alias') throw invalidKeyId(given);
    return this.keyIn(reference.account, reference.keyId);
  }

  /** Finds a key by key id, key ARN, alias name or alias ARN. */
  public keyByAnyName(given: string): KmsKey {
    const reference = readKeyReference(given, this.store.place);
    if (reference.kind === 'key') return this.keyIn(reference.account, reference.keyId);
    this.requireOwnAccount(reference.account);
    const alias = this.store.aliases.get(reference.aliasName);
    if (alias === undefined) throw aliasNotFound(aliasArn(this.store.place, reference.aliasName));
    return this.keyIn(reference.account, alias.keyId);
  }

  /** Asks whether the caller may do this. Absent key: the action is on no key in particular. */
  public authorize(action: string, key?: KmsKey, encryptionContext?: EncryptionContext): void {
    const { caller, authorizer } = this.setting;
    const denial = authorizer.decide({
      callerAccessKey: caller.accessKey,
      principalArn: caller.principalArn,
      account: caller.account,
      action: `kms:${action}`,
      key: key && { arn: key.arn, policy: key.policy },
      encryptionContext,
    });
    if (denial !== undefined) {
      throw accessDenied(
        `User: ${caller.principalArn} is not authorized to perform: kms:${action} on resource: ${key?.arn ?? '*'} ${denial.because}`);
    }
  }

  /** The way of most operations: permission first, then the state. */
  public admit(operation: KeyOperation, key: KmsKey): void {
    this.authorize(operation, key);
    requireState(operation, key);
  }

  /** No grant can be made yet, so that no token can be of one. */
  public refuseGrantTokens(tokens: readonly string[] | undefined): void {
    if (tokens !== undefined && tokens.length > 0) throw invalidGrantToken();
  }

  /** Remembers a successful cryptographic use. */
  public noteUse(operation: string, key: KmsKey): void {
    key.lastUse = { operation, at: this.now, requestId: this.setting.requestId, eventId: this.setting.eventId };
  }

  private keyIn(account: string, keyId: string): KmsKey {
    this.requireOwnAccount(account);
    const key = this.store.keys.get(keyId);
    if (key === undefined) throw keyDoesNotExist(keyArn(this.store.place, keyId));
    this.keyArns.push(key.arn);
    return key;
  }

  /** Keys of other accounts do not let anybody in: what AWS says when no policy there does. */
  private requireOwnAccount(account: string): void {
    if (account === this.store.place.account) return;
    throw accessDenied(
      `User: ${this.setting.caller.principalArn} is not authorized to perform this operation on this resource because the resource does not exist `
      + 'in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access');
  }
}
