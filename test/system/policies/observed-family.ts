import { DescribeKeyCommand, GetKeyPolicyCommand, ListAliasesCommand, ListResourceTagsCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { LocalAccount } from '../../../local/account/local-account';
import type { OutgoingCall } from '../../../local/account/source-functions';
import type { LocalStack } from '../../../local/cloudformation/local-stack';
import { ACCOUNT, REGION } from '../../../local/laptop';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { KeyActions } from '../../../src/permissions/key-actions';
import { mayCall, mayCallElsewhere, type KmsCall } from '../../support/policy-evaluator';

type Input = { readonly [member: string]: unknown };
type Role = 'control' | 'worker' | 'retirement';

/** What the authorization of a call on a key depends on. */
interface KeyForPolicies {
  readonly keyArn: string;
  readonly keyPolicy: string;
  readonly aliases: string[];
  readonly familyTag?: string;
  readonly ownerTag?: string;
}

/** A call to KMS without its caller. */
type CallToKms = Omit<KmsCall, 'principalArn' | 'identityStatements'>;

/** A call to another service, where IAM alone decides. */
interface CallElsewhere {
  readonly action: string;
  readonly resource: string;
  readonly context?: KmsCall['context'];
}

/** Inline policy of a role. */
interface InlinePolicy {
  readonly PolicyDocument: { readonly Statement: readonly object[] };
}

/** Policy resource that is attached to roles. */
interface AttachedPolicy extends InlinePolicy {
  readonly Roles: readonly string[];
}

interface Observation {
  readonly asset: Role;
  readonly principalArn: string;
  readonly identityStatements: readonly object[];
  readonly call: CallToKms | CallElsewhere;
}

/** The action and resource that AWS checks for a call to a service other than KMS. */
const ELSEWHERE: { readonly [operation: string]: (input: Input) => CallElsewhere } = {
  StartExecution: ({ stateMachineArn }) => ({ action: 'states:StartExecution', resource: String(stateMachineArn) }),
  ListExecutions: ({ stateMachineArn }) => ({ action: 'states:ListExecutions', resource: String(stateMachineArn) }),
  ListObjectsV2: ({ Bucket }) => ({ action: 's3:ListBucket', resource: `arn:aws:s3:::${String(Bucket)}` }),
  GetObject: ({ Bucket, Key }) => ({ action: 's3:GetObject', resource: `arn:aws:s3:::${String(Bucket)}/${String(Key)}` }),
  PutObject: ({ Bucket, Key }) => ({ action: 's3:PutObject', resource: `arn:aws:s3:::${String(Bucket)}/${String(Key)}` }),
  ...Object.fromEntries(
    ['DescribeTable', 'Scan', 'GetItem', 'UpdateItem'].map((operation) => [
      operation,
      ({ TableName }: Input) => ({
        action: `dynamodb:${operation}`,
        resource: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${String(TableName)}`,
      }),
    ]),
  ),
  // A complete secret ARN ends in six random characters.
  ...Object.fromEntries(
    ['GetSecretValue', 'DescribeSecret', 'UpdateSecretVersionStage'].map((operation) => [
      operation,
      ({ SecretId, VersionStage }: Input) => ({
        action: `secretsmanager:${operation}`,
        resource: `${String(SecretId)}-AbCdEf`,
        context: VersionStage === undefined ? {} : { 'secretsmanager:VersionStage': String(VersionStage) },
      }),
    ]),
  ),
};

const FAMILY_OF_RESOURCE = `aws:ResourceTag/${GenerationTag.FAMILY}`;
const OWNER_OF_RESOURCE = `aws:ResourceTag/${GenerationTag.OWNER}`;

/** The actions that identity policies allow by `kms:ResourceAliases` and the tags of family and owner. */
const CONTROLLED_BY_ALIAS: readonly string[] = [...KeyActions.RECOVER_GENERATION, 'kms:UpdateKeyDescription'];

/**
 * Records the calls of the functions of a stack to AWS, together with everything on which their authorization depends
 * at that moment.
 */
export class ObservedFamily {
  private readonly observations = new Map<string, Observation>();
  private readonly kms: KMSClient;

  public constructor(private readonly account: LocalAccount, private readonly stack: () => LocalStack) {
    this.kms = account.laptop.kmsClient('observer', 4);
  }

  /** Interceptor of every call. */
  public async observe({ asset, operation, input }: OutgoingCall, proceed: () => Promise<unknown>): Promise<unknown> {
    const elsewhere = ELSEWHERE[operation];
    const given = input as Input;
    const calls = elsewhere === undefined ? await this.callsToKms(operation, given) : [elsewhere(given)];
    try {
      const answer = await proceed();
      this.note(asset as Role, calls);
      return answer;
    } catch (error) {
      // The probe of a fence is meant to be denied. Every other call must be authorized, even if it fails.
      if ((error as Error).name !== 'AccessDeniedException') this.note(asset as Role, calls);
      throw error;
    }
  }

  /** The recorded calls that AWS would deny, one line each. */
  public async refused(): Promise<string[]> {
    const lines: string[] = [];
    for (const { asset, call, ...caller } of this.observations.values()) {
      const allowed = 'resource' in call ? await mayCallElsewhere({ ...caller, ...call }) : await mayCall({ ...caller, ...call });
      if (!allowed) {
        lines.push(
          `${asset}: ${call.action}${'alias' in call ? ` of ${call.alias}` : ''}${'resource' in call ? ` on ${call.resource}` : ''}`,
        );
      }
    }
    return [...new Set(lines)].sort();
  }

  /** The KMS actions that a function has called. */
  public actionsOf(role: Role): Set<string> {
    const actions = [...this.observations.values()].filter(({ asset }) => asset === role).map(({ call }) => call.action);
    return new Set(actions.filter((action) => action.startsWith('kms:')));
  }

  /** The identity of a role: its ARN, and every statement that the template attaches to it. */
  public identityOf(role: Role): { readonly principalArn: string; readonly identityStatements: readonly object[] } {
    const stack = this.stack();
    const principalArn = this.functionOf(role).Role;
    const own = stack.resourcesOfType('AWS::IAM::Role').find(({ resolved }) => resolved.attributes.Arn === principalArn);
    const attached = stack.resourcesOfType('AWS::IAM::Policy').map(({ properties }) => properties as unknown as AttachedPolicy)
      .filter(({ Roles }) => Roles.includes(own?.resolved.ref ?? ''));
    const policies = [...(own?.properties.Policies ?? []) as readonly InlinePolicy[], ...attached];
    return { principalArn, identityStatements: policies.flatMap(({ PolicyDocument: { Statement } }) => Statement) };
  }

  private functionOf(role: Role): { readonly Role: string } {
    const [found] = [...this.account.functions.definitions].filter(([, { asset }]) => asset === role)
      .flatMap(([arn]) => this.stack().resourcesOfType('AWS::Lambda::Function').filter(({ resolved }) => resolved.attributes.Arn === arn));
    if (found !== undefined) return found.properties as unknown as { readonly Role: string };
    throw new Error(`no function of the stack runs ${role}`);
  }

  private note(asset: Role, calls: readonly (CallToKms | CallElsewhere)[]): void {
    const caller = this.identityOf(asset);
    for (const call of calls) this.observations.set(JSON.stringify([asset, caller.principalArn, call]), { asset, ...caller, call });
  }

  private async callsToKms(operation: string, input: Input): Promise<CallToKms[]> {
    const action = `kms:${operation}`;
    const about = async (key: unknown, more: Partial<CallToKms> = {}): Promise<CallToKms[]> => {
      const found = await this.readKey(String(key));
      // For a key that does not exist KMS returns NotFoundException, whatever the policies are.
      if (found === undefined) return [];
      const { keyPolicy, keyArn, aliases, familyTag, ownerTag } = found;
      const ofGeneration = { 'kms:ResourceAliases': aliases, [FAMILY_OF_RESOURCE]: familyTag, [OWNER_OF_RESOURCE]: ownerTag };
      const context = CONTROLLED_BY_ALIAS.includes(action) ? ofGeneration : {};
      return [{ action, keyPolicy, keyArn, context, ...more }];
    };
    switch (operation) {
      case 'ListKeys': case 'ListAliases': return [{ action }];
      case 'CreateKey': return [{
        action,
        tags: tagsOf(input),
        context: {
          'kms:KeySpec': String(input.KeySpec), 'kms:KeyUsage': String(input.KeyUsage), 'kms:KeyOrigin': String(input.Origin),
        },
      }];
      case 'CreateAlias': return about(input.TargetKeyId, { alias: String(input.AliasName) });
      case 'UpdateAlias': return [
        ...(await about(input.TargetKeyId, { alias: String(input.AliasName) })),
        ...(await about(input.AliasName, { alias: String(input.AliasName) })),
      ];
      case 'DeleteAlias': return about(input.AliasName, { alias: String(input.AliasName) });
      case 'TagResource': return about(input.KeyId, { tags: tagsOf(input) });
      case 'Encrypt': return about(input.KeyId, { encryptionContext: input.EncryptionContext as CallToKms['encryptionContext'] });
      case 'GetParametersForImport': return about(input.KeyId, {
        context: {
          'kms:WrappingAlgorithm': String(input.WrappingAlgorithm), 'kms:WrappingKeySpec': String(input.WrappingKeySpec),
        },
      });
      case 'ReEncrypt': return [
        ...(input.SourceKeyId === undefined ? [] : await about(input.SourceKeyId, { action: 'kms:ReEncryptFrom' })),
        ...await about(input.DestinationKeyId, { action: 'kms:ReEncryptTo' }),
      ];
      default: return about(input.KeyId);
    }
  }

  private async readKey(keyOrAlias: string): Promise<KeyForPolicies | undefined> {
    try {
      const { KeyMetadata } = await this.kms.send(new DescribeKeyCommand({ KeyId: keyOrAlias }));
      const { KeyId, Arn = '' } = KeyMetadata ?? {};
      const { Policy = '' } = await this.kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
      const { Aliases = [] } = await this.kms.send(new ListAliasesCommand({ KeyId }));
      const { Tags = [] } = await this.kms.send(new ListResourceTagsCommand({ KeyId }));
      const valueOf = (tag: GenerationTag) => Tags.find(({ TagKey }) => TagKey === tag)?.TagValue;
      const [familyTag, ownerTag] = [valueOf(GenerationTag.FAMILY), valueOf(GenerationTag.OWNER)];
      return { keyArn: Arn, keyPolicy: Policy, familyTag, ownerTag, aliases: Aliases.flatMap(({ AliasName }) => AliasName ?? []).sort() };
    } catch (error) {
      if ((error as Error).name === 'NotFoundException') return undefined;
      throw error;
    }
  }
}

/** The tags of a request. Values on which no policy depends, such as times, are replaced. */
function tagsOf({ Tags = [] }: Input): { [name: string]: string } {
  return Object.fromEntries(
    (Tags as { TagKey: string; TagValue: string }[]).map(({ TagKey, TagValue }) => [
      TagKey,
      /:(family|owner|state|phase)$/.test(TagKey) ? TagValue : 'x',
    ]),
  );
}
