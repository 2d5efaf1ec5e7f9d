import * as iam from 'aws-cdk-lib/aws-iam';
import { GrantedKey, PEOPLE, POSTURES, type Person, type PostureName } from './a-granted-key';
import { GrantOperation } from '../../../src/index';

/** The template is deployed, policies are enforced, and calls are made: what a grant lets in is decided by KMS, not by an opinion about it. */
const CONTEXT = { tenant: 'acme', purpose: 'reports' };
const Plaintext = Buffer.from('text');
let granted: GrantedKey;

afterEach(async () => granted.close());

const outcomeOf = async (call: Promise<unknown>) => call.then(() => 'allowed', (error: Error) => error.name);

/** Which of the things that one may want from a key this person gets done. */
async function whatMay(person: Person): Promise<string[]> {
  const kms = granted.as(person);
  const KeyId = granted.keyArn;
  const EncryptionContext = CONTEXT;
  const { CiphertextBlob } = await granted.as('user').encrypt({ KeyId, Plaintext, EncryptionContext });
  const bare = await granted.as('user').encrypt({ KeyId, Plaintext });
  const calls: Record<string, () => Promise<unknown>> = {
    'Decrypt in context': () => kms.decrypt({ CiphertextBlob, EncryptionContext }),
    'Decrypt out of context': () => kms.decrypt({ CiphertextBlob: bare.CiphertextBlob }),
    'Encrypt': () => kms.encrypt({ KeyId, Plaintext, EncryptionContext }),
    'GenerateDataKey': () => kms.generateDataKey({ KeyId, KeySpec: 'AES_256', EncryptionContext }),
    'ReEncrypt': () => kms.reEncrypt({ CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: KeyId }),
    'DescribeKey': () => kms.describeKey({ KeyId }),
    'CreateGrant': () => kms.createGrant({ KeyId, GranteePrincipal: PEOPLE.stranger, Operations: ['Decrypt'] }),
    'ListGrants': () => kms.listGrants({ KeyId }),
    'GetKeyPolicy': () => kms.getKeyPolicy({ KeyId }),
  };
  const done: string[] = [];
  for (const [name, call] of Object.entries(calls)) {
    const outcome = await outcomeOf(call());
    expect(['allowed', 'AccessDeniedException']).toContain(outcome);
    if (outcome === 'allowed') done.push(name);
  }
  return done;
}

describe.each(Object.keys(POSTURES) as PostureName[])('where %s decides', (posture) => {
  beforeEach(async () => { granted = await GrantedKey.open(posture); });

  test('a grant lets its grantee in, to its operations in its encryption context, and nobody else', async () => {
    await granted.deploy();
    expect(await whatMay('reader')).toEqual([]);

    await granted.deploy({ operations: [GrantOperation.DECRYPT, GrantOperation.DESCRIBE_KEY], encryptionContextSubset: { tenant: 'acme' } });
    expect(await whatMay('reader')).toEqual(['Decrypt in context', 'DescribeKey']);
    expect(await whatMay('stranger')).toEqual([]);

    await granted.deploy();
    expect(await whatMay('reader')).toEqual([]);
    expect(await granted.grantCount()).toBe(0);
  });

  test('a context that has to be equal takes no further pairs', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT], encryptionContextEquals: { tenant: 'acme' } });
    expect(await whatMay('reader')).toEqual([]);
    await granted.deploy({ operations: [GrantOperation.DECRYPT], encryptionContextEquals: CONTEXT });
    expect(await whatMay('reader')).toEqual(['Decrypt in context']);
    expect(await granted.grantCount()).toBe(1);
  });

  test('without a constraint, any context will do', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT, GrantOperation.ENCRYPT] });
    expect(await whatMay('reader')).toEqual(['Decrypt in context', 'Decrypt out of context', 'Encrypt']);
  });

  test('other terms take the place of the former ones', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    await granted.deploy({ operations: [GrantOperation.DECRYPT], grantee: new iam.ArnPrincipal(PEOPLE.stranger) });
    expect(await whatMay('reader')).toEqual([]);
    expect(await whatMay('stranger')).toEqual(['Decrypt in context', 'Decrypt out of context']);
    expect(granted.events.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Update', 'Delete']);
  });

  test('a deployment that changes nothing asks for nothing', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    expect(granted.events.map(({ RequestType }) => RequestType)).toEqual(['Create']);
  });

  test('an event that comes again, late, is refused: the permission to make that grant has gone with it', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    await granted.deploy({ operations: [GrantOperation.DECRYPT], grantee: new iam.ArnPrincipal(PEOPLE.stranger) });
    const [create, update] = granted.events;
    expect(await granted.deliverAgain(create!)).toBe('AccessDenied');
    expect(await granted.grantCount()).toBe(1);
    expect(await whatMay('reader')).toEqual([]);

    await granted.deploy();
    expect(await granted.deliverAgain(create!)).toBe('AccessDenied');
    expect(await granted.deliverAgain(update!)).toBe('AccessDenied');
    expect(await granted.grantCount()).toBe(0);
  });

  test('the function that makes the grant can neither use the key nor let itself in', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    const maker = granted.as('maker');
    const KeyId = granted.keyArn;
    const { CiphertextBlob } = await granted.as('user').encrypt({ KeyId, Plaintext });
    const makersArn = String(granted.events[0]?.ResourceProperties.RetiringPrincipal);
    for (const call of [
      () => maker.decrypt({ CiphertextBlob }),
      () => maker.encrypt({ KeyId, Plaintext }),
      () => maker.createGrant({ KeyId, GranteePrincipal: makersArn, RetiringPrincipal: makersArn, Operations: ['Decrypt'] }),
      () => maker.createGrant({ KeyId, GranteePrincipal: PEOPLE.reader, RetiringPrincipal: makersArn, Operations: ['Decrypt', 'Encrypt'] }),
      () => maker.createGrant({ KeyId, GranteePrincipal: PEOPLE.reader, Operations: ['Decrypt'] }),
      () => maker.putKeyPolicy({ KeyId, Policy: '{}' }),
    ]) expect(await outcomeOf(call())).toBe('AccessDeniedException');
  });
});

test('a grant that somebody else may retire ends with its construct where IAM decides as well, and before that by his hand', async () => {
  granted = await GrantedKey.open('IAM as well');
  const terms = { operations: [GrantOperation.DECRYPT], retiringPrincipal: new iam.ArnPrincipal(PEOPLE.stranger) };
  await granted.deploy(terms);
  await granted.deploy();
  expect(await granted.grantCount()).toBe(0);

  await granted.deploy(terms);
  const [{ GrantId } = {}] = (await granted.as('administrator').listGrants({ KeyId: granted.keyArn })).Grants ?? [];
  expect(await outcomeOf(granted.as('reader').retireGrant({ KeyId: granted.keyArn, GrantId }))).toBe('AccessDeniedException');
  expect(await outcomeOf(granted.as('stranger').retireGrant({ KeyId: granted.keyArn, GrantId }))).toBe('allowed');
  await granted.deploy();
  expect(await whatMay('reader')).toEqual([]);
});
