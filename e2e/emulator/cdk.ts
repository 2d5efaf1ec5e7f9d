import { join } from 'node:path';
import { REGION, ROOT, SECRET_ACCESS_KEY, type LocalAws } from './local-aws';
import { run, runSuccessfully } from '../processes/run';

const BOOTSTRAP_TIMEOUT_SECONDS = 120;
const DEPLOY_TIMEOUT_SECONDS = 300;

/** CDK context that selects a variant of an app. */
export type Context = { readonly [name: string]: string };

/** The CDK CLI of npm, configured for the local AWS. */
export class Cdk {
  private readonly env: NodeJS.ProcessEnv;

  public constructor({ endpoint, folder, clock }: LocalAws, private readonly account: string) {
    this.env = {
      ...process.env,
      // If its clock differs from that of AWS, the AWS SDK retries every failed call as an error of the clock.
      ...clock.environment,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: SECRET_ACCESS_KEY,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      // Profiles of the user must not be read.
      AWS_PROFILE: undefined,
      AWS_CONFIG_FILE: join(folder, 'no-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_HOME: join(folder, 'cdk-home'),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    };
  }

  public async bootstrap(): Promise<void> {
    // It is the default, which the emulator does not read from the template.
    const policies = ['--cloudformation-execution-policies', 'arn:aws:iam::aws:policy/AdministratorAccess'];
    const bootstrap = this.cdk(['bootstrap', ...policies, `aws://${this.account}/${REGION}`]);
    await runSuccessfully(...bootstrap, { env: this.env, timeoutSeconds: BOOTSTRAP_TIMEOUT_SECONDS });
  }

  /** @param app the file that creates the app, relative to the project */
  public async deploy(app: string, context: Context = {}): Promise<string> {
    return runSuccessfully(...this.deployment(app, context), { env: this.env, timeoutSeconds: DEPLOY_TIMEOUT_SECONDS });
  }

  /** Deploys an app whose deployment must fail, so that CloudFormation rolls it back. */
  public async deployExpectingFailure(app: string, context: Context): Promise<void> {
    const { exitCode } = await run(...this.deployment(app, context), { env: this.env, timeoutSeconds: DEPLOY_TIMEOUT_SECONDS });
    if (exitCode === 0) throw new Error(`deployment of ${app} with ${JSON.stringify(context)} must fail, but it succeeded`);
  }

  public async destroy(app: string, context: Context = {}): Promise<void> {
    const destruction = this.cdk(['destroy', '--all', '--force', ...this.app(app, context)]);
    await runSuccessfully(...destruction, { env: this.env, timeoutSeconds: DEPLOY_TIMEOUT_SECONDS });
  }

  private deployment(app: string, context: Context): [string, string[]] {
    return this.cdk(['deploy', '--all', '--require-approval', 'never', '--progress', 'events', ...this.app(app, context)]);
  }

  private app(app: string, context: Context): string[] {
    const given = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
    // Each account has its own folder for templates, so that several accounts can deploy at the same time.
    const output = join(ROOT, 'build', 'e2e', `cdk.out.${this.account}`);
    return ['--app', `${process.execPath} --import tsx ${app}`, '--output', output, ...given];
  }

  private cdk(args: readonly string[]): [string, string[]] {
    const program = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    return [process.execPath, [program, '--no-notices', '--no-version-reporting', '--no-color', ...args]];
  }
}
