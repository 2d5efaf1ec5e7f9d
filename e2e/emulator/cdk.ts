import { join } from 'node:path';
import { REGION, ROOT, type LocalAws } from './local-aws';
import { run, runSuccessfully } from '../processes/run';

const BOOTSTRAP_SECONDS = 120;
const DEPLOY_SECONDS = 300;

/** What tells the variants of an app apart: read by it as context. */
export type Context = { readonly [name: string]: string };

/** The CDK CLI as users have it, against the local AWS. */
export class Cdk {
  private readonly env: NodeJS.ProcessEnv;

  public constructor({ endpoint, folder, clock }: LocalAws, private readonly account: string) {
    this.env = {
      ...process.env,
      // The AWS SDK takes whatever fails for a matter of clocks when its own is another than that of AWS.
      ...clock.environment,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      // No profile of whoever runs this is meant.
      AWS_PROFILE: undefined,
      AWS_CONFIG_FILE: join(folder, 'no-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_HOME: join(folder, 'cdk-home'),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    };
  }

  public async bootstrap(): Promise<void> {
    await runSuccessfully(...this.cdk(['bootstrap', `aws://${this.account}/${REGION}`]), { env: this.env, withinSeconds: BOOTSTRAP_SECONDS });
  }

  /** @param app the file that makes the app, from the root of the project */
  public async deploy(app: string, context: Context = {}): Promise<string> {
    return runSuccessfully(...this.deployment(app, context), { env: this.env, withinSeconds: DEPLOY_SECONDS });
  }

  /** A deployment that has to fail, and take back what it did. */
  public async deployInVain(app: string, context: Context): Promise<void> {
    const { exitCode } = await run(...this.deployment(app, context), { env: this.env, withinSeconds: DEPLOY_SECONDS });
    if (exitCode === 0) throw new Error(`${app} with ${JSON.stringify(context)} was deployed, and should not have been`);
  }

  public async destroy(app: string, context: Context = {}): Promise<void> {
    await runSuccessfully(...this.cdk(['destroy', '--all', '--force', ...this.app(app, context)]), { env: this.env, withinSeconds: DEPLOY_SECONDS });
  }

  private deployment(app: string, context: Context): [string, string[]] {
    return this.cdk(['deploy', '--all', '--require-approval', 'never', '--progress', 'events', ...this.app(app, context)]);
  }

  private app(app: string, context: Context): string[] {
    const given = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
    // Each account writes its templates into a folder of its own: several may deploy at once.
    return ['--app', `${process.execPath} --import tsx ${app}`, '--output', join(ROOT, 'build', 'e2e', `cdk.out.${this.account}`), ...given];
  }

  private cdk(args: readonly string[]): [string, string[]] {
    return [process.execPath, [join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), '--no-notices', '--no-version-reporting', '--no-color', ...args]];
  }
}
