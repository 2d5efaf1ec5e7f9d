import type { LocalAccount } from './local-account';
import type { FunctionDefinition, FunctionLoader } from './local-functions';
import { KmsKeyFamily } from '../../lambda/adapters/kms/kms-family';
import { KmsKeyMaterial } from '../../lambda/adapters/kms/kms-key-material';
import { KmsReEncryption } from '../../lambda/adapters/kms/kms-reencryption';
import { VisibleKeyFamily } from '../../lambda/adapters/kms/visible-key-family';
import { S3Evidence } from '../../lambda/adapters/s3-evidence';
import { SecretsManagerMaterial } from '../../lambda/adapters/secrets-manager';
import { StepFunctionsMachines } from '../../lambda/adapters/step-functions';
import { controlFunction } from '../../lambda/control/control-function';
import { workerFunction } from '../../lambda/reencrypt/worker-function';
import { retirementFunction } from '../../lambda/retirement/function/retirement-function';
import { jsonLog, type Log } from '../../lambda/runtime/log';
import { openStore } from '../../lambda/stores/open-store';
import { FunctionVariable } from '../../src/contract/runs/function-steps';
import { operationOf } from '../in-process/in-process-client';
import { ExecutionEnvironment } from '../lambda/execution-environment';
import { fromHandler, type InvocationContext, type LocalFunction } from '../lambda/local-function';

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

/** Intercepts a whole invocation of a function. It can pass on another context, such as one with little time. */
export type InvocationInterceptor = (
  asset: string, event: unknown, proceed: (context?: Partial<InvocationContext>) => Promise<unknown>,
) => Promise<unknown>;

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
    interceptors.invocation = (asset, event, proceed) => aroundInvocation(asset, event, (context) =>
      invocation(asset, event, (own) => proceed(own ?? context)));
  }
  return () => { Object.assign(interceptors, { call, invocation }); };
}

/** So few records per page that a handful of records takes several pages. */
const PAGE_SIZE = 3;
const LIMITS = { concurrency: 2, pages: 1, milliseconds: 60_000 };

/** Builds the functions from their source, with an interceptor around every call that they make. */
export function sourceFunctions(account: LocalAccount, interceptors: Interceptors, lines: string[], pageSize = PAGE_SIZE): FunctionLoader {
  return (definition) => {
    const environment = new ExecutionEnvironment();
    const frozen: Interceptors = {
      call: (call, proceed) => environment.call(() => interceptors.call(call, proceed)),
      invocation: (asset, event, proceed) => interceptors.invocation(asset, event, proceed),
    };
    const handler = handlerOf(account, definition, frozen, jsonLog((line) => lines.push(line)), pageSize);
    const invoke = (event: unknown) => (context?: Partial<InvocationContext>) => environment.invoke(() => handler(event, context));
    return (event) => frozen.invocation(definition.asset, event, invoke(event));
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
      kms: new VisibleKeyFamily(new KmsKeyFamily(kms), clock),
      material: new KmsKeyMaterial(kms),
      secret: new SecretsManagerMaterial(around(laptop.secretsClient(caller))),
      machines: new StepFunctionsMachines(around(account.stepFunctionsClient(caller))),
      evidence,
      clock,
      log,
    }) as Parameters<typeof fromHandler>[0]);
    case 'worker': {
      const dynamo = around(laptop.dynamoClient(caller, 8));
      return fromHandler(workerFunction({
        kms: new KmsReEncryption(kms),
        openStore: (store) => openStore({ dynamo }, store, pageSize),
        evidence,
        clock,
        log,
        limits: LIMITS,
      }));
    }
    case 'retirement': return fromHandler(retirementFunction({
      kms: new VisibleKeyFamily(new KmsKeyFamily(kms), clock), evidence, clock, log,
    }));
    default: throw new Error(`there is no source for ${asset}`);
  }
}

function intercepted<T>(client: T, asset: string, interceptors: Interceptors): T {
  const intercepting = client as { send(command: { readonly input: OutgoingCall['input'] }): Promise<unknown> };
  const send = intercepting.send.bind(client);
  intercepting.send = (command) =>
    interceptors.call({ asset, operation: operationOf(command), input: command.input }, () => send(command));
  return client;
}
