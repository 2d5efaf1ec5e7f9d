import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { pythonWithEmulator } from './python-environment';
import { SharedClock } from './shared-clock';
import { freePort } from '../processes/free-port';
import { Server } from '../processes/serve';

export const ROOT = resolve(__dirname, '..', '..');
export const REGION = 'eu-central-1';

/** Installed packages, the emulator's among them, stay from one run to the next. */
const VIRTUAL_ENVIRONMENT = join(ROOT, 'build', 'e2e', 'ministack');
const START_SECONDS = 60;

/** An AWS on this machine: an emulator whose KMS is the local KMS of this package, both reachable from here only, with one time for all. */
export class LocalAws {
  /** @param folder where logs, and whatever else a run leaves, go */
  public static async start(folder: string): Promise<LocalAws> {
    mkdirSync(folder, { recursive: true });
    const python = await pythonWithEmulator(VIRTUAL_ENVIRONMENT);
    const clock = new SharedClock(join(folder, 'clock'));
    const env = { ...process.env, ...clock.environment };
    const [kmsPort, gatewayPort] = [await freePort(), await freePort()];
    const [kmsEndpoint, endpoint] = [kmsPort, gatewayPort].map((port) => `http://127.0.0.1:${port}`) as [string, string];
    const kms = await Server.start({
      command: process.execPath,
      args: [join(ROOT, 'assets', 'local-kms', 'index.js'), '--port', String(kmsPort), '--enforce-denies'],
      env,
      logFile: join(folder, 'local-kms.log'),
      isReady: () => answers(`${kmsEndpoint}/_local/clock`),
      withinSeconds: START_SECONDS,
    });
    try {
      const emulator = await Server.start({
        command: python,
        args: [join(ROOT, 'e2e', 'emulator', 'launch.py')],
        env: { ...env, ...emulatorVariables(folder, gatewayPort), LOCAL_KMS_ENDPOINT: kmsEndpoint, AWS_ENDPOINT_URL_KMS: kmsEndpoint },
        logFile: join(folder, 'ministack.log'),
        isReady: () => answers(`${endpoint}/_ministack/health`),
        withinSeconds: START_SECONDS,
      });
      return new LocalAws(endpoint, kmsEndpoint, clock, folder, [emulator, kms]);
    } catch (error) {
      kms.stop();
      throw error;
    }
  }

  private constructor(
    public readonly endpoint: string, public readonly kmsEndpoint: string, public readonly clock: SharedClock, public readonly folder: string,
    private readonly servers: readonly Server[],
  ) {}

  public stop(): void {
    for (const server of this.servers) server.stop();
  }
}

function emulatorVariables(folder: string, port: number): NodeJS.ProcessEnv {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return {
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: REGION,
    // Functions are run by the Node that runs this.
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    // Otherwise these two listen on all addresses of the machine.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // The AWS CDK has functions of its own, which find the AWS SDK in the Lambda runtime.
    NODE_PATH: join(ROOT, 'node_modules'),
    TMPDIR: temporary,
    S3_DATA_DIR: join(temporary, 's3'),
    STATE_DIR: join(temporary, 'state'),
  };
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(url)).ok;
}
