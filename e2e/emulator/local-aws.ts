import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { pythonWithEmulator } from './python-environment';
import { SharedClock } from './shared-clock';
import { freePort } from '../processes/free-port';
import { Server } from '../processes/serve';

export const ROOT = resolve(__dirname, '..', '..');
export const REGION = 'eu-central-1';
/** Of the root user of every account. Its access key is the id of the account. */
export const SECRET_ACCESS_KEY = 'of-the-root-user';

/** The installed emulator is kept for the next run. */
const VIRTUAL_ENVIRONMENT = join(ROOT, 'build', 'e2e', 'ministack');
const START_TIMEOUT_SECONDS = 60;

/** AWS emulator with the local KMS of this package. Both listen on 127.0.0.1 only, and share one clock. */
export class LocalAws {
  /** @param folder for logs and temporary files */
  public static async start(folder: string): Promise<LocalAws> {
    mkdirSync(folder, { recursive: true });
    const python = await pythonWithEmulator(VIRTUAL_ENVIRONMENT);
    const clock = new SharedClock(join(folder, 'clock'));
    const env = { ...process.env, ...clock.environment };
    const [kmsPort, gatewayPort] = [await freePort(), await freePort()];
    const [kmsEndpoint, endpoint] = [kmsPort, gatewayPort].map((port) => `http://127.0.0.1:${port}`) as [string, string];
    const deniedCallsFile = join(folder, 'denied-calls.jsonl');
    writeFileSync(deniedCallsFile, '');
    const kms = await Server.start({
      command: process.execPath,
      args: [join(ROOT, 'assets', 'local-kms', 'index.js'), '--port', String(kmsPort), '--enforce-policies', noPolicies(folder)],
      env,
      logFile: join(folder, 'local-kms.log'),
      isReady: () => responds(`${kmsEndpoint}/_local/clock`),
      timeoutSeconds: START_TIMEOUT_SECONDS,
    });
    try {
      const emulator = await Server.start({
        command: python,
        args: [join(ROOT, 'e2e', 'emulator', 'launch.py')],
        env: {
          ...env,
          ...emulatorVariables(folder, gatewayPort),
          LOCAL_KMS_ENDPOINT: kmsEndpoint,
          AWS_ENDPOINT_URL_KMS: kmsEndpoint,
          DENIED_CALLS_FILE: deniedCallsFile,
        },
        logFile: join(folder, 'ministack.log'),
        isReady: () => responds(`${endpoint}/_ministack/health`),
        timeoutSeconds: START_TIMEOUT_SECONDS,
      });
      return new LocalAws(endpoint, kmsEndpoint, clock, folder, deniedCallsFile, [emulator, kms]);
    } catch (error) {
      kms.stop();
      throw error;
    }
  }

  private constructor(
    public readonly endpoint: string, public readonly kmsEndpoint: string, public readonly clock: SharedClock,
    public readonly folder: string,
    /** Every call that the emulator refused for its caller, a line of JSON each. */
    public readonly deniedCallsFile: string,
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
    // Policies are enforced, and signatures are checked.
    AUTH: 'true',
    AWS_ACCESS_KEY_ID: 'unused: the access key of the root user is the id of its account',
    AWS_SECRET_ACCESS_KEY: SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN: undefined,
    // Lambda functions run on the Node.js that runs this process.
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    // If enabled, these two listen on all addresses of the machine.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // Lambda functions of the AWS CDK load the AWS SDK from the Lambda runtime.
    NODE_PATH: join(ROOT, 'node_modules'),
    TMPDIR: temporary,
    S3_DATA_DIR: join(temporary, 's3'),
    STATE_DIR: join(temporary, 'state'),
  };
}

/** Until the emulator sends policies, the local KMS refuses every caller. */
function noPolicies(folder: string): string {
  const file = join(folder, 'no-policies.json');
  writeFileSync(file, '{}');
  return file;
}

async function responds(url: string): Promise<boolean> {
  return (await fetch(url)).ok;
}
