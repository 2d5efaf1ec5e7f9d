import { KMSClient } from '@aws-sdk/client-kms';
import { ImportWorld, type ImportCase } from '../../support/world/import-world';

let world: ImportWorld;
let a: ImportCase;

beforeAll(async () => { world = await ImportWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => {
  world.localKms.faults.clear();
  a = await world.newCase();
});

describe('lost responses', () => {
  /** With the SDK's own retries, as in the handler. */
  function portsWithRetries() {
    const ports = world.ports();
    const client = new KMSClient({
      endpoint: world.localKms.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'importer', secretAccessKey: '-' },
      maxAttempts: 3,
    });
    return { ...ports, kms: new (ports.kms.constructor as new (kms: KMSClient) => typeof ports.kms)(client) };
  }

  test.each(['ImportKeyMaterial', 'GetParametersForImport'] as const)(
    'a first import whose %s response is lost succeeds',
    async (operation) => {
      world.localKms.faults.set([{ kind: 'answerLost', operation, callNumbers: [1] }]);
      await expect(a.import({}, portsWithRetries())).resolves.toMatchObject({ secretVersionId: a.firstVersion });
    },
  );

  test.each(['ImportKeyMaterial', 'RotateKeyOnDemand'] as const)(
    'new key material whose %s response is lost becomes current',
    async (operation) => {
      await a.import();
      const second = await a.newVersion();
      world.localKms.faults.set([{ kind: 'answerLost', operation, callNumbers: [1] }]);

      await expect(a.import({ versionId: second }, portsWithRetries())).resolves.toMatchObject({ secretVersionId: second });
      expect(await a.materials()).toHaveLength(2);
    },
  );

  test('an import token that is older than a day is replaced', async () => {
    const ports = world.ports();
    const getParameters = ports.kms.getParametersForImport.bind(ports.kms);
    let fetched = 0;
    ports.kms.getParametersForImport = async (...parameters) => {
      const answer = await getParameters(...parameters);
      fetched += 1;
      if (fetched === 1) world.clock.advance(25 * 60 * 60_000);
      return answer;
    };
    // The time in which KMS shows a change has passed as well: the attempt fails, and the next one gets a new token.
    await a.import({}, ports).catch(() => undefined);
    await expect(a.import({}, ports)).resolves.toMatchObject({ secretVersionId: a.firstVersion });
  });
});
