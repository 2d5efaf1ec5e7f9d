import type { LambdaPermission, PermissionServices } from './iam-provisioners';
import type { LocalFunctions } from './local-functions';
import type { Clock } from '../../lambda/ports/clock';
import type { IdentityAuthorization } from '../iam/authorization';
import { FunctionError } from '../lambda/local-function';
import { ExecutionStopped } from '../step-functions/errors/stopping';

const ASYNCHRONOUS_RETRIES_MILLISECONDS = [60_000, 120_000];

/** A service that invokes a function without a role: the resource policy of the function must allow it. */
export interface InvokingService {
  /** `events.amazonaws.com`. */
  readonly principal: string;
  /** The ARN of the rule, for example. */
  readonly sourceArn: string;
}

/** Invocations of functions, with the permission that each needs. */
export class FunctionInvocations implements PermissionServices {
  private readonly permissions = new Map<string, LambdaPermission>();

  public constructor(
    private readonly functions: LocalFunctions, private readonly authorization: IdentityAuthorization, private readonly clock: Clock,
  ) {}

  public add(id: string, permission: LambdaPermission): void {
    this.permissions.set(id, permission);
  }

  public remove(id: string): void {
    this.permissions.delete(id);
  }

  /** Invokes a function with a role, such as that of a state machine. */
  public async byRole(roleArn: string, functionArn: string, event: unknown): Promise<unknown> {
    await this.requirePermission(roleArn, functionArn);
    return this.functions.invoke(functionArn, event);
  }

  /** Invokes a function for a service, which waits for no result. */
  public async byService({ principal, sourceArn }: InvokingService, functionArn: string, event: unknown): Promise<unknown> {
    const allowed = [...this.permissions.values()].some(({ FunctionName, Principal, SourceArn }) =>
      (FunctionName === functionArn || functionArn.endsWith(`:function:${FunctionName}`))
      && Principal === principal && (SourceArn === undefined || SourceArn === sourceArn));
    if (!allowed) throw new FunctionError('AccessDeniedException', `the resource policy of ${functionArn} does not allow ${sourceArn}`);
    return this.retried(() => this.functions.invoke(functionArn, event));
  }

  /** Invokes a function with a role and waits for no result, as a schedule does. */
  public async byRoleAsynchronously(roleArn: string, functionArn: string, event: unknown): Promise<unknown> {
    await this.requirePermission(roleArn, functionArn);
    return this.retried(() => this.functions.invoke(functionArn, event));
  }

  private async requirePermission(roleArn: string, functionArn: string): Promise<void> {
    const denial = await this.authorization.authorizePrincipal(roleArn, { action: 'lambda:InvokeFunction', resource: functionArn });
    if (denial !== undefined) throw new FunctionError('Lambda.AWSLambdaException', denial);
  }

  /** AWS Lambda repeats an asynchronous invocation that fails, after a minute and after two more. */
  private async retried(invoke: () => Promise<unknown>): Promise<unknown> {
    for (const wait of ASYNCHRONOUS_RETRIES_MILLISECONDS) {
      try {
        return await invoke();
      } catch (error) {
        if (error instanceof ExecutionStopped) throw error;
        await this.clock.sleep(wait);
      }
    }
    return invoke();
  }
}
