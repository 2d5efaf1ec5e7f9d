import { CreateKeyCommand, KMS, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { Stack, type App } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { KmsGrants } from '../../../lambda/adapters/kms/kms-grants';
import type { GrantPorts } from '../../../lambda/kms-grant/create-grant';
import { kmsGrantResource } from '../../../lambda/kms-grant/kms-grant-resource';
import { customResource, type CustomResourceEvent } from '../../../lambda/runtime/custom-resource';
import { jsonLog } from '../../../lambda/runtime/log';
import { customResources } from '../../../local/cloudformation/custom-resource-caller';
import { LocalStack, type Provisioner, type ResourceToDeploy } from '../../../local/cloudformation/local-stack';
import { synthesize } from '../../../local/cloudformation/synthesize';
import { LocalKms } from '../../../local/kms/local-kms';
import { VirtualClock } from '../../../local/kms/model/time/clock';
import { virtualSleep } from '../../../local/virtual-sleep';
import { CustomerManagedKey, KeyPosture, KmsGrant, type KmsGrantProps } from '../../../src/index';
import { AN_EVENT } from '../../support/an-event';
import { ACCOUNT } from '../../support/policy-evaluator';

const REGION = 'eu-central-1';
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** The principals that call the key, by access key. */
export const PRINCIPALS = {
  deployment: role('deployment'),
  administrator: role('security'),
  user: role('orders-service'),
  reader: role('reports'),
  stranger: role('stranger'),
} as const;
export type CallerName = keyof typeof PRINCIPALS;

const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }] };
const PSEUDO_PARAMETERS = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Orders/11111111-2222-3333-4444-555555555555`,
};

/** Postures by the policies that decide. */
export const POSTURES = {
  'the key policy or IAM': () => KeyPosture.iamDelegated(),
  'the key policy alone': () => KeyPosture.keyPolicyOnly(new iam.ArnPrincipal(PRINCIPALS.deployment)),
};
export type PostureName = keyof typeof POSTURES;

type Terms = Omit<KmsGrantProps, 'key' | 'grantee'> & Partial<Pick<KmsGrantProps, 'grantee'>>;

/**
 * A key and a grant on it, deployed from a template to a local KMS that enforces the key policy and the IAM policies of
 * the template.
 */
export class GrantedKey {
  public static async open(posture: PostureName): Promise<GrantedKey> {
    const clock = VirtualClock.frozenAt(new Date('2026-11-01T00:00:00Z'));
    const granted = new GrantedKey(posture, clock, await LocalKms.start({ clock, enforcePolicies: {} }));
    await granted.enforce();
    return granted;
  }

  /** The events that CloudFormation has sent, in order. */
  public readonly events: CustomResourceEvent[] = [];
  private readonly principals: Record<string, string> = { ...PRINCIPALS };
  private readonly identityPolicies = new Map<string, { roleArn: string; document: object }>([
    ['deployment', { roleArn: PRINCIPALS.deployment, document: EVERYTHING }],
  ]);
  private readonly clients = new Map<string, KMS>();
  private readonly stack: LocalStack;

  private constructor(
    private readonly posture: PostureName,
    private readonly clock: VirtualClock,
    public readonly localKms: LocalKms,
  ) {
    this.stack = new LocalStack({ stackName: 'Orders', pseudoParameters: PSEUDO_PARAMETERS, provisioners: this.provisioners() });
  }

  public async close(): Promise<void> {
    for (const client of this.clients.values()) client.destroy();
    await this.localKms.stop();
  }

  /** Deploys the key, with a grant of these terms or without a grant. */
  public async deploy(terms?: Terms): Promise<void> {
    const { template } = synthesize((app: App) => {
      const stack = new Stack(app, 'Orders', { env: { account: ACCOUNT, region: REGION } });
      const key = new CustomerManagedKey(stack, 'Key', {
        alias: 'alias/orders',
        administrators: [new iam.ArnPrincipal(PRINCIPALS.administrator)],
        users: [new iam.ArnPrincipal(PRINCIPALS.user)],
        posture: POSTURES[this.posture](),
      });
      if (terms !== undefined) new KmsGrant(stack, 'Grant', { key, grantee: new iam.ArnPrincipal(PRINCIPALS.reader), ...terms });
      return stack;
    });
    await this.stack.deploy(template);
  }

  public get keyArn(): string {
    return this.stack.resourcesOfType('AWS::KMS::Key')[0]?.resolved.attributes.Arn as string;
  }

  /** KMS as that caller calls it. */
  public as(caller: string): KMS {
    const known = this.clients.get(caller);
    if (known !== undefined) return known;
    const credentials = { accessKeyId: caller, secretAccessKey: 'not-checked' };
    const client = new KMS({ endpoint: this.localKms.endpoint, region: REGION, maxAttempts: 1, credentials });
    this.clients.set(caller, client);
    return client;
  }

  /** The number of grants of the key. */
  public async grantCount(): Promise<number> {
    const { Grants = [] } = await this.as('administrator').listGrants({ KeyId: this.keyArn });
    return Grants.length;
  }

  /**
   * Delivers an event to the function again, as Lambda may do. Returns the name of the error; no response is
   * sent to CloudFormation.
   */
  public async deliverAgain({ RequestType, ResourceProperties, PhysicalResourceId = '' }: CustomResourceEvent): Promise<string> {
    const resource = kmsGrantResource(this.makerPorts());
    const properties = { physicalResourceId: PhysicalResourceId, properties: ResourceProperties, oldProperties: {} };
    const performed = RequestType === 'Create' ? resource.create(ResourceProperties, AN_EVENT) : resource.update(properties, AN_EVENT);
    return performed.then(
      () => 'done',
      (error: Error) => error.name,
    );
  }

  /** The function runs in this process, so that its waits take no time. */
  private makerPorts(): GrantPorts {
    return { kms: new KmsGrants(this.as('maker')), clock: virtualSleep(this.clock), log: jsonLog(() => undefined) };
  }

  private provisioners(): { [type: string]: Provisioner } {
    const nothing = { create: async ({ logicalId }: ResourceToDeploy) => ({ ref: logicalId, attributes: { Arn: `arn:of:${logicalId}` } }) };
    const handler = async (_: string, event: object) => {
      this.events.push(event as CustomResourceEvent);
      const ports = this.makerPorts();
      await customResource(kmsGrantResource(ports), ports)(event as CustomResourceEvent, { getRemainingTimeInMillis: () => 240_000 });
    };
    return {
      'AWS::IAM::Role': this.roleOfMaker(),
      'AWS::IAM::Policy': this.identityPolicy(),
      'AWS::KMS::Key': this.key(),
      'AWS::KMS::Alias': nothing,
      'AWS::Lambda::EventInvokeConfig': nothing,
      'AWS::Lambda::Function': nothing,
      'AWS::Logs::LogGroup': nothing,
      'Custom::KmsGrant': customResources(ACCOUNT, REGION, () => this.clock.now(), handler),
    };
  }

  private key(): Provisioner {
    const deployment = () => this.as('deployment');
    const policyOf = ({ properties }: ResourceToDeploy) => JSON.stringify(properties.KeyPolicy);
    return {
      create: async (resource) => {
        const { KeyMetadata } = await deployment().send(new CreateKeyCommand({ Policy: policyOf(resource) }));
        return { ref: KeyMetadata?.KeyId as string, attributes: { Arn: KeyMetadata?.Arn as string } };
      },
      update: async (resource, { resolved }) => {
        await deployment().send(new PutKeyPolicyCommand({ KeyId: resolved.ref, Policy: policyOf(resource) }));
        return resolved;
      },
    };
  }

  /** The only role in the template. */
  private roleOfMaker(): Provisioner {
    return {
      create: async ({ logicalId }) => {
        const Arn = role(logicalId);
        this.principals.maker = Arn;
        await this.enforce();
        return { ref: logicalId, attributes: { Arn } };
      },
    };
  }

  private identityPolicy(): Provisioner {
    const attach = async ({ logicalId, properties }: ResourceToDeploy) => {
      const document = properties.PolicyDocument as object;
      this.identityPolicies.set(logicalId, { roleArn: role((properties.Roles as string[])[0] as string), document });
      await this.enforce();
      return { ref: logicalId, attributes: {} };
    };
    return {
      create: attach,
      update: attach,
      delete: async ({ logicalId }) => {
        this.identityPolicies.delete(logicalId);
        await this.enforce();
      },
    };
  }

  private async enforce(): Promise<void> {
    const byRole: Record<string, object[]> = {};
    for (const { roleArn, document } of this.identityPolicies.values()) (byRole[roleArn] ??= []).push(document);
    await this.localKms.enforcement.on({ principals: this.principals, identityPolicies: byRole });
  }
}
