import { groupOfSpec, type QuotaGroup } from './quota-table';
import type { KeyStores } from '../../model/keys/key-store';
import type { Caller } from '../../protocol/caller';
import { readKeyReference } from '../../protocol/identifiers';
import type { KeySpec } from '../../protocol/key-spec';

/** The requests that one call counts in a group, and the Region in which they count. */
export interface Charge {
  readonly group: QuotaGroup;
  readonly region: string;
  readonly requests: number;
}

/** A request before it is read and checked: it counts, whatever its result. */
export interface CountedRequest {
  readonly operation: string;
  readonly body: unknown;
  readonly caller: Caller;
  readonly stores: KeyStores;
}

/** Operations that count in the group of the key that they use, and the members that name such a key. */
const BY_KEY: Readonly<Record<string, readonly string[]>> = {
  Decapsulate: ['KeyId'],
  Decrypt: ['KeyId'],
  DeriveSharedSecret: ['KeyId'],
  Encapsulate: ['KeyId'],
  Encrypt: ['KeyId'],
  GenerateDataKey: ['KeyId'],
  GenerateDataKeyWithoutPlaintext: ['KeyId'],
  GenerateMac: ['KeyId'],
  GenerateRandom: [],
  ReEncrypt: ['SourceKeyId', 'DestinationKeyId'],
  Sign: ['KeyId'],
  Verify: ['KeyId'],
  VerifyMac: ['KeyId'],
};

/** All charges of a request, in all groups and Regions. */
export function chargesOf(request: CountedRequest): Charge[] {
  const { operation, caller: { region } } = request;
  const here = (group: string, requests = 1): Charge => ({ group: group as QuotaGroup, region, requests });
  switch (operation) {
    case 'GenerateDataKeyPair':
    case 'GenerateDataKeyPairWithoutPlaintext':
      return [here(`GenerateDataKeyPair/${member(request, 'KeyPairSpec') ?? ''}`)];
    case 'ReplicateKey': {
      // AWS calls CreateKey in the other Region twice: first without effect, then with effect.
      const replicaRegion = member(request, 'ReplicaRegion');
      return [here('ReplicateKey'), ...(replicaRegion === undefined ? [] : [{ ...here('CreateKey', 2), region: replicaRegion }])];
    }
    case 'UpdatePrimaryRegion': {
      // One request in each of the two Regions.
      const primaryRegion = member(request, 'PrimaryRegion');
      const charge = here('UpdatePrimaryRegion');
      return [charge, ...(primaryRegion === undefined ? [] : [{ ...charge, region: primaryRegion }])];
    }
    default: {
      const members = BY_KEY[operation];
      return members === undefined ? [here(operation)] : groupsOfKeys(request, members).map((group) => here(group));
    }
  }
}

/**
 * The groups of the keys of a request. A key that is not named is symmetric, because asymmetric decryption must name
 * its key. A key that does not exist counts as symmetric, so that every request counts.
 */
function groupsOfKeys(request: CountedRequest, members: readonly string[]): QuotaGroup[] {
  const groups = new Set(members.map((name) => {
    const keySpec = specOfKey(request, member(request, name));
    return keySpec === undefined ? 'symmetric' : groupOfSpec(keySpec);
  }));
  return groups.size === 0 ? ['symmetric'] : [...groups];
}

function specOfKey({ caller, stores }: CountedRequest, given: string | undefined): KeySpec | undefined {
  if (given === undefined) return undefined;
  try {
    const reference = readKeyReference(given, caller);
    const store = stores.at({ ...caller, account: reference.account });
    const keyId = reference.kind === 'key' ? reference.keyId : store.aliases.get(reference.aliasName)?.keyId;
    return keyId === undefined ? undefined : store.keys.get(keyId)?.keySpec;
  } catch {
    // A malformed name: the operation reports it.
    return undefined;
  }
}

function member({ body }: CountedRequest, name: string): string | undefined {
  const value = (body as Readonly<Record<string, unknown>> | null)?.[name];
  return typeof value === 'string' ? value : undefined;
}
