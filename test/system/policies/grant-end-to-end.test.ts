import * as iam from 'aws-cdk-lib/aws-iam';
import { GrantedKey, PRINCIPALS, POSTURES, type CallerName, type PostureName } from './granted-key';
import { GrantOperation } from '../../../src/index';

/** The template is deployed to a KMS that enforces policies, and real calls show what a grant allows. */
const CONTEXT = { tenant: 'acme', purpose: 'reports' };
const Plaintext = Buffer.from('text');
let granted: GrantedKey;

afterEach(async () => granted.close());

const outcomeOf = async (call: Promise<unknown>) => call.then(() => 'allowed', (error: Error) => error.name);

/** The calls that KMS allows this caller. */
async function allowedCalls(caller: CallerName): Promise<string[]> {
  const kms = granted.as(caller);
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
    'CreateGrant': () => kms.createGrant({ KeyId, GranteePrincipal: PRINCIPALS.stranger, Operations: ['Decrypt'] }),
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

  test('a grant allows its grantee, and no other principal, its operations in its encryption context', async () => {
    await granted.deploy();
    expect(await allowedCalls('reader')).toEqual([]);

    await granted.deploy({
      operations: [GrantOperation.DECRYPT, GrantOperation.DESCRIBE_KEY],
      encryptionContextSubset: { tenant: 'acme' },
    });
    expect(await allowedCalls('reader')).toEqual(['Decrypt in context', 'DescribeKey']);
    expect(await allowedCalls('stranger')).toEqual([]);

    await granted.deploy();
    expect(await allowedCalls('reader')).toEqual([]);
    expect(await granted.grantCount()).toBe(0);
  });

  test('encryptionContextEquals refuses a context with further pairs', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT], encryptionContextEquals: { tenant: 'acme' } });
    expect(await allowedCalls('reader')).toEqual([]);
    await granted.deploy({ operations: [GrantOperation.DECRYPT], encryptionContextEquals: CONTEXT });
    expect(await allowedCalls('reader')).toEqual(['Decrypt in context']);
    expect(await granted.grantCount()).toBe(1);
  });

  test('without a constraint, every encryption context is allowed', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT, GrantOperation.ENCRYPT] });
    expect(await allowedCalls('reader')).toEqual(['Decrypt in context', 'Decrypt out of context', 'Encrypt']);
  });

  test('changed terms replace the former grant', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    await granted.deploy({ operations: [GrantOperation.DECRYPT], grantee: new iam.ArnPrincipal(PRINCIPALS.stranger) });
    expect(await allowedCalls('reader')).toEqual([]);
    expect(await allowedCalls('stranger')).toEqual(['Decrypt in context', 'Decrypt out of context']);
    expect(granted.events.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Update', 'Delete']);
  });

  test('a deployment without a change sends no event', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    expect(granted.events.map(({ RequestType }) => RequestType)).toEqual(['Create']);
  });

  test('a late second delivery of an event is denied: the permission to create that grant is removed with the grant', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    await granted.deploy({ operations: [GrantOperation.DECRYPT], grantee: new iam.ArnPrincipal(PRINCIPALS.stranger) });
    const [create, update] = granted.events;
    expect(await granted.deliverAgain(create!)).toBe('AccessDenied');
    expect(await granted.grantCount()).toBe(1);
    expect(await allowedCalls('reader')).toEqual([]);

    await granted.deploy();
    expect(await granted.deliverAgain(create!)).toBe('AccessDenied');
    expect(await granted.deliverAgain(update!)).toBe('AccessDenied');
    expect(await granted.grantCount()).toBe(0);
  });

  test('the function that creates the grant can neither use the key nor grant itself access', async () => {
    await granted.deploy({ operations: [GrantOperation.DECRYPT] });
    const maker = granted.as('maker');
    const KeyId = granted.keyArn;
    const { CiphertextBlob } = await granted.as('user').encrypt({ KeyId, Plaintext });
    const makersArn = String(granted.events[0]?.ResourceProperties.RetiringPrincipal);
    for (const call of [
      () => maker.decrypt({ CiphertextBlob }),
      () => maker.encrypt({ KeyId, Plaintext }),
      () => maker.createGrant({ KeyId, GranteePrincipal: makersArn, RetiringPrincipal: makersArn, Operations: ['Decrypt'] }),
      () =>
        maker.createGrant({ KeyId, GranteePrincipal: PRINCIPALS.reader, RetiringPrincipal: makersArn, Operations: ['Decrypt', 'Encrypt'] }),
      () => maker.createGrant({ KeyId, GranteePrincipal: PRINCIPALS.reader, Operations: ['Decrypt'] }),
      () => maker.putKeyPolicy({ KeyId, Policy: '{}' }),
    ]) {
      expect(await outcomeOf(call())).toBe('AccessDeniedException');
    }
  });
});

test('with IAM delegation, a grant with another retiring principal is revoked with its construct, and that principal can retire it before', async () => {
  granted = await GrantedKey.open('the key policy or IAM');
  const terms = { operations: [GrantOperation.DECRYPT], retiringPrincipal: new iam.ArnPrincipal(PRINCIPALS.stranger) };
  await granted.deploy(terms);
  await granted.deploy();
  expect(await granted.grantCount()).toBe(0);

  await granted.deploy(terms);
  const [{ GrantId } = {}] = (await granted.as('administrator').listGrants({ KeyId: granted.keyArn })).Grants ?? [];
  expect(await outcomeOf(granted.as('reader').retireGrant({ KeyId: granted.keyArn, GrantId }))).toBe('AccessDeniedException');
  expect(await outcomeOf(granted.as('stranger').retireGrant({ KeyId: granted.keyArn, GrantId }))).toBe('allowed');
  await granted.deploy();
  expect(await allowedCalls('reader')).toEqual([]);
});
