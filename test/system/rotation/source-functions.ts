import { SFNClient } from '@aws-sdk/client-sfn';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { KmsKeyMaterial } from '../../../lambda/adapters/kms/kms-key-material';
import { KmsReEncryption } from '../../../lambda/adapters/kms/kms-reencryption';
import { S3Evidence } from '../../../lambda/adapters/s3-evidence';
import { SecretsManagerMaterial } from '../../../lambda/adapters/secrets-manager';
import { StepFunctionsMachines } from '../../../lambda/adapters/step-functions';
import { controlFunction } from '../../../lambda/control/control-function';
import { workerFunction } from '../../../lambda/reencrypt/worker-function';
import { retirementFunction } from '../../../lambda/retirement/function/retirement-function';
import { jsonLog, type Log } from '../../../lambda/runtime/log';
import { openStore } from '../../../lambda/stores/open-store';
import type { LocalAccount } from '../../../local/account/local-account';
import type { FunctionDefinition, FunctionLoader } from '../../../local/account/local-functions';
import { fromHandler, type LocalFunction } from '../../../local/lambda/local-function';
import { identity } from '../../../local/laptop';
import { FunctionVariable } from '../../../src/contract/runs/function-steps';

/** A call of a function to AWS, before it is sent. */
export interface OutgoingCall {
  /** The calling function: `control`, `worker` or `retirement`. */
  readonly asset: string;
  /** The name of the operation in the SDK, such as `CreateKey`. */
  readonly operation: string;
  /** The input of the call. */
  readonly input: { readonly [member: string]: unknown };
}

/** Intercepts a call of a function to AWS: forwards it, rejects it, or acts before or after it. */
export type Interceptor = (call: OutgoingCall, proceed: () => Promise<unknown>) => Promise<unknown>;

/** Intercepts a whole invocation of a function. */
export type InvocationInterceptor = (asset: string, event: unknown, proceed: () => Promise<unknown>) => Promise<unknown>;

export interface Interceptors {
  call: Interceptor;
  invocation: InvocationInterceptor;
}

/** Puts interceptors around the present ones. The returned function removes them. */
export function intercept(interceptors: Interceptors, outside: Partial<Interceptors>): () => void {
  const { call, invocation } = interceptors;
  const { call: aroundCall, invocation: aroundInvocation } = outside;
  if (aroundCall !== undefined) interceptors.call = (outgoing, proceed) => aroundCall(outgoing, () => call(outgoing, proceed));
  if (aroundInvocation !== undefined) {
    interceptors.invocation = (asset, event, proceed) => aroundInvocation(asset, event, () => invocation(asset, event, proceed));
  }
  return () => { Object.assign(interceptors, { call, invocation }); };
}

/** So few records per page that a handful of records takes several pages. */
const PAGE_SIZE = 3;
const LIMITS = { concurrency: 2, pages: 1, milliseconds: 60_000 };

/** Builds the functions from their source, with an interceptor around every call that they make. */
export function sourceFunctions(account: LocalAccount, interceptors: Interceptors, lines: string[], pageSize = PAGE_SIZE): FunctionLoader {
  return (definition) => {
    const handler = handlerOf(account, definition, interceptors, jsonLog((line) => lines.push(line)), pageSize);
    return (event) => interceptors.invocation(definition.asset, event, () => handler(event));
  };
}

function handlerOf(
  account: LocalAccount, { asset, roleArn, environment }: FunctionDefinition, interceptors: Interceptors, log: Log, pageSize: number,
): LocalFunction {
  const { laptop, clock } = account;
  const caller = account.accessKeyOf(roleArn);
  const around = <T>(client: T): T => intercepted(client, asset, interceptors);
  const kms = around(laptop.kmsClient(caller, 8));
  const evidence = new S3Evidence(around(laptop.s3Client(caller)), environment[FunctionVariable.EVIDENCE_BUCKET] ?? '');
  switch (asset) {
    case 'control': return fromHandler(controlFunction({
      kms: new KmsKeyFamily(kms),
      material: new KmsKeyMaterial(kms),
      secret: new SecretsManagerMaterial(around(laptop.secretsClient(caller))),
      machines: new StepFunctionsMachines(around(new SFNClient({ endpoint: account.stepFunctions.endpoint, ...identity(caller) }))),
      evidence,
      clock,
      log,
    }) as Parameters<typeof fromHandler>[0]);
    case 'worker': return fromHandler(workerFunction({
      kms: new KmsReEncryption(kms),
      openStore: (store) => openStore({ dynamo: around(laptop.dynamoClient(caller, 8)) }, store, pageSize),
      evidence,
      clock,
      log,
      limits: LIMITS,
    }));
    case 'retirement': return fromHandler(retirementFunction({ kms: new KmsKeyFamily(kms), evidence, clock, log }));
    default: throw new Error(`there is no source for ${asset}`);
  }
}

function intercepted<T>(client: T, asset: string, interceptors: Interceptors): T {
  const { middlewareStack } = client as {
    middlewareStack: { add(middleware: unknown, options: { step: 'initialize'; name: string }): void };
  };
  middlewareStack.add(
    (next: (args: unknown) => Promise<unknown>, { commandName = 'Call' }: { commandName?: string }) =>
      async (args: unknown) => {
        const { input } = args as Pick<OutgoingCall, 'input'>;
        return interceptors.call({ asset, operation: commandName.replace(/Command$/, ''), input }, () => next(args));
      },
    { step: 'initialize', name: 'interceptor' },
  );
  return client;
}
