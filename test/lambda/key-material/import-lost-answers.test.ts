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

describe('answers that get lost', () => {
  /** With the SDK's own retries, as in the handler. */
  function patientPorts() {
    const ports = world.ports();
    const client = new KMSClient({
      endpoint: world.localKms.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'importer', secretAccessKey: '-' }, maxAttempts: 3,
    });
    return { ...ports, kms: new (ports.kms.constructor as new (kms: KMSClient) => typeof ports.kms)(client) };
  }

  test.each(['ImportKeyMaterial', 'GetParametersForImport'] as const)('a first import whose %s answer is lost ends as if nothing had happened', async (operation) => {
    world.localKms.faults.set([{ kind: 'answerLost', operation, callNumbers: [1] }]);
    await expect(a.import({}, patientPorts())).resolves.toMatchObject({ secretVersionId: a.firstVersion });
  });

  test.each(['ImportKeyMaterial', 'RotateKeyOnDemand'] as const)('new material whose %s answer is lost becomes current', async (operation) => {
    await a.import();
    const second = await a.newVersion();
    world.localKms.faults.set([{ kind: 'answerLost', operation, callNumbers: [1] }]);

    await expect(a.import({ versionId: second }, patientPorts())).resolves.toMatchObject({ secretVersionId: second });
    expect(await a.materials()).toHaveLength(2);
  });

  test('a token that has aged a day is fetched anew', async () => {
    const ports = world.ports();
    const getParameters = ports.kms.getParametersForImport.bind(ports.kms);
    let fetched = 0;
    ports.kms.getParametersForImport = async (...parameters) => {
      const answer = await getParameters(...parameters);
      fetched += 1;
      if (fetched === 1) world.clock.advance(25 * 60 * 60_000);
      return answer;
    };
    // Two minutes of patience have passed, too: the attempt ends, and the next one finds a fresh token.
    await a.import({}, ports).catch(() => undefined);
    await expect(a.import({}, ports)).resolves.toMatchObject({ secretVersionId: a.firstVersion });
  });
});
