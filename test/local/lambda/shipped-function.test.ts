import { randomBytes } from 'node:crypto';
import { KMS } from '@aws-sdk/client-kms';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { LocalKms } from '../../../local/kms/local-kms';
import { VirtualClock } from '../../../local/kms/model/time/clock';
import { loadShippedFunction } from '../../../local/lambda/shipped-function';
import { LocalSecretsManager } from '../../../local/secrets-manager/local-secrets-manager';
import { encodeImport } from '../../../src/contract/requests/import-request';
import { EVENT_MEMBERS, ResponseUrl } from '../../support/response-url';

const THE_BEGINNING = new Date('2031-05-01T00:00:00.000Z');
const DAYS = 24 * 3_600_000;
const REGION = 'eu-west-3';

let kms: LocalKms;
let secrets: LocalSecretsManager;
let responseUrl: ResponseUrl;
let client: KMS;
let properties: object;
let keyArn: string;

beforeEach(async () => {
  kms = await LocalKms.start({ clock: VirtualClock.frozenAt(THE_BEGINNING) });
  secrets = await LocalSecretsManager.start({ clock: kms.clock });
  responseUrl = await ResponseUrl.open();
  const connection = { region: REGION, credentials: { accessKeyId: 'deployment', secretAccessKey: '-' } };
  client = new KMS({ endpoint: kms.endpoint, ...connection });
  keyArn = (await client.createKey({ Origin: 'EXTERNAL' })).KeyMetadata?.Arn ?? '';
  const manager = new SecretsManagerClient({ endpoint: secrets.endpoint, ...connection });
  const { ARN = '' } = await manager.send(new CreateSecretCommand({ Name: 'material', SecretBinary: randomBytes(32) }));
  manager.destroy();
  properties = encodeImport({
    keyArn,
    secret: { secretArn: ARN, encoding: 'binary' },
    expiration: { kind: 'after', seconds: 300 * DAYS / 1000 },
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    wrappingKeySpec: 'RSA_4096',
  });
});
afterEach(async () => {
  client.destroy();
  await Promise.all([kms.stop(), secrets.stop(), responseUrl.close()]);
});

/** The access key and the endpoints come from the variables of AWS only. */
function load(accessKey: string) {
  return loadShippedFunction({
    asset: 'key-material',
    clock: kms.clock,
    environment: {
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: '-',
    },
  });
}

test('the shipped function for key material runs in this process, at the time of the clock, with the access key of its environment', async () => {
  const importer = load('importer');
  await importer({ ...EVENT_MEMBERS, RequestType: 'Create', ResponseURL: responseUrl.url, ResourceProperties: properties });

  expect(responseUrl.answer).toMatchObject({ Status: 'SUCCESS' });
  expect((await client.describeKey({ KeyId: keyArn })).KeyMetadata).toMatchObject({
    KeyState: 'Enabled',
    ValidTo: new Date(THE_BEGINNING.getTime() + 300 * DAYS),
  });
  expect(kms.audit.count({ accessKey: 'importer', operation: 'ImportKeyMaterial', status: 'answered' })).toBe(1);
  expect(secrets.calls.filter(({ accessKey }) => accessKey === 'importer')).not.toHaveLength(0);
  expect(importer.lines.map((line) => JSON.parse(line) as object)).toContainEqual({
    level: 'INFO',
    event: 'response-sent',
    requestType: 'Create',
    resource: 'KeyMaterial',
    status: 'SUCCESS',
  });
});

test('two loads in one process call with two access keys', async () => {
  const [one, other] = [load('one'), load('other')];
  const event = { ...EVENT_MEMBERS, RequestType: 'Create', ResponseURL: responseUrl.url, ResourceProperties: properties };
  await Promise.all([one(event), other(event)]);
  for (const accessKey of ['one', 'other']) expect(kms.audit.count({ accessKey })).toBeGreaterThan(0);
  expect(process.env.AWS_ENDPOINT_URL_KMS).toBeUndefined();
});
