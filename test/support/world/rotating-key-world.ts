import { randomBytes } from 'node:crypto';
import { CreateAliasCommand, CreateKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { aFamilyDescription } from './a-family-description';
import { DAY } from './kms-world';
import { ALIAS, OperatorWorld } from './operator-world';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { KmsKeyMaterial } from '../../../lambda/adapters/kms/kms-key-material';
import { SecretsManagerMaterial } from '../../../lambda/adapters/secrets-manager';
import type { ControlPorts } from '../../../lambda/key-family/control-ports';
import type { Family } from '../../../lambda/key-family/family';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { readWholeFamily } from '../../../lambda/key-family/read-family';
import { orderedResource } from '../../../lambda/key-family/resource/ordered-resource';
import { rotatingKeyResource } from '../../../lambda/key-family/resource/rotating-key-resource';
import { customResource, type CustomResourceEvent, type ResourceProperties } from '../../../lambda/runtime/custom-resource';
import { jsonLog } from '../../../lambda/runtime/log';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { UnconditionalDenyAuthorizer } from '../../../local/kms/authorization/unconditional-deny-authorizer';
import type { LocalKms } from '../../../local/kms/local-kms';
import { LocalSecretsManager } from '../../../local/secrets-manager/local-secrets-manager';
import { virtualSleep } from '../../../local/virtual-sleep';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { GenerationPhase } from '../../../src/contract/family/generation-tags';
import { MachinesInMemory } from '../../lambda/reconcile/machines-in-memory';
import type { Crash } from '../crashing-client';
import { EVENT_MEMBERS, ResponseUrl } from '../response-url';

export { ALIAS, DAY };

export const START = new Date('2026-11-01T00:00:00.000Z');

/** Calls that change nothing. */
const READ_CALLS = ['DescribeKey', 'GetKeyLastUsage', 'GetKeyPolicy', 'ListAliases', 'ListKeyRotations', 'ListKeys', 'ListResourceTags'];

/** A key policy of the account. Policies differ in the name of the team. */
export function aPolicy(team: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: team, Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' }],
  });
}

/** The response to CloudFormation. */
export interface ResourceResponse {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: { readonly [attribute: string]: string };
}

/** Account and Region of a `Custom::RotatingKey`: an operator's KMS, a Secrets Manager, and the resource's handler. */
export class RotatingKeyWorld extends OperatorWorld {
  public static async open(declared: Partial<FamilyDescription> = {}): Promise<RotatingKeyWorld> {
    const kms = await RotatingKeyWorld.startKms(START, { authorizer: new UnconditionalDenyAuthorizer() });
    return new RotatingKeyWorld(kms, await LocalSecretsManager.start({ clock: kms.clock }), declared);
  }

  /** A family whose key material is imported from a secret. */
  public static async openWithSecret(): Promise<RotatingKeyWorld> {
    const world = await RotatingKeyWorld.open();
    const { ARN } = await world.secretsClient().send(new CreateSecretCommand({ Name: 'material', SecretBinary: randomBytes(32) }));
    world.description = {
      ...world.description,
      material: {
        kind: 'secret', secretArn: ARN as string, encoding: 'binary', wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048',
      },
    };
    return world;
  }

  public readonly machines = new MachinesInMemory();
  public readonly evidence = new EvidenceInMemory();
  public readonly lines: { readonly event: string; readonly [field: string]: unknown }[] = [];
  public description: FamilyDescription;

  private sent = 0;

  private constructor(localKms: LocalKms, public readonly localSecrets: LocalSecretsManager, declared: Partial<FamilyDescription>) {
    super(localKms);
    this.description = aFamilyDescription({ policyDocument: aPolicy('first'), tags: { team: 'shop' }, ...declared });
  }

  public override async close(): Promise<void> {
    await Promise.all([super.close(), this.localSecrets.stop()]);
  }

  /** The ports of the control function, with `crash` around their calls if it is given. */
  public ports(crash?: Crash, around: (client: KMSClient) => void = () => undefined): ControlPorts {
    const [kms, secrets] = [this.kmsClient('control'), this.secretsClient()];
    crash?.around(kms);
    crash?.around(secrets);
    around(kms);
    return {
      kms: new KmsKeyFamily(kms),
      material: new KmsKeyMaterial(kms),
      secret: new SecretsManagerMaterial(secrets),
      machines: this.machines,
      evidence: this.evidence,
      clock: virtualSleep(this.clock),
      log: jsonLog((line) => void this.lines.push(JSON.parse(line))),
    };
  }

  /** The resource properties that CloudFormation sends for the declared family. */
  public properties(others: ResourceProperties = {}, description = this.description): ResourceProperties {
    return { ServiceToken: 'arn:handler', Family: JSON.stringify(description), ...others };
  }

  /** Sends an event to the handler, perhaps late, and returns what arrives at the response URL. */
  public async invoke(
    event: Partial<CustomResourceEvent>, ports = this.ports(), sentAt: Date | 'unknown' = this.clock.now(),
  ): Promise<ResourceResponse> {
    const responseUrl = await ResponseUrl.open();
    try {
      const handler = customResource(orderedResource(rotatingKeyResource(ports), ports), ports);
      const create = { RequestType: 'Create', RequestId: `request-${++this.sent}`, ResourceProperties: this.properties() } as const;
      const ResponseURL = sentAt === 'unknown' ? responseUrl.url : responseUrl.signedAt(sentAt);
      const sent = { ...EVENT_MEMBERS, ...create, ResponseURL, ...event };
      await handler(sent, { getRemainingTimeInMillis: () => 240_000 });
      return responseUrl.answer;
    } finally {
      await responseUrl.close();
    }
  }

  public async create(others: ResourceProperties = {}): Promise<ResourceResponse> {
    return this.invoke({ ResourceProperties: this.properties(others) });
  }

  public async update(
    description: Partial<FamilyDescription>, others: ResourceProperties = {}, ports = this.ports(),
  ): Promise<ResourceResponse> {
    const old = this.properties();
    const wanted = { ...this.description, ...description };
    const change = { ResourceProperties: this.properties(others, wanted), OldResourceProperties: old };
    const response = await this.invoke({ RequestType: 'Update', PhysicalResourceId: ALIAS, ...change }, ports);
    if (response.Status === 'SUCCESS') this.description = wanted;
    return response;
  }

  public async delete(event: Partial<CustomResourceEvent> = {}): Promise<ResourceResponse> {
    return this.invoke({ RequestType: 'Delete', PhysicalResourceId: ALIAS, ...event });
  }

  public async family(): Promise<Family> {
    return readWholeFamily(ALIAS, { ...this.ports(), kms: new KmsKeyFamily(this.operator) });
  }

  /** Creates a key that belongs to no family. */
  public async foreignKey(alias?: string, tags: { [name: string]: string } = {}): Promise<{ keyId: string; keyArn: string }> {
    const { KeyMetadata } = await this.operator.send(new CreateKeyCommand({}));
    const { KeyId: keyId, Arn: keyArn } = KeyMetadata as { KeyId: string; Arn: string };
    await this.tag(keyId, tags);
    if (alias !== undefined) await this.operator.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: keyId }));
    return { keyId, keyArn };
  }

  /** Creates another generation with the tags that a rotation writes. */
  public async addGeneration(generation: number, tags: { [name: string]: string } = {}): Promise<string> {
    const { keyId } = await this.foreignKey(`${ALIAS}/g${generation}`, {
      'cdk-kms-lifecycle:schema': '1',
      'cdk-kms-lifecycle:family': ALIAS,
      'cdk-kms-lifecycle:owner': this.description.owner,
      'cdk-kms-lifecycle:generation': String(generation),
      'cdk-kms-lifecycle:state': 'claimed',
      'cdk-kms-lifecycle:phase': 'current',
      'cdk-kms-lifecycle:run': 'arn:execution',
      ...tags,
    });
    const phase = (tags['cdk-kms-lifecycle:phase'] ?? 'current') as GenerationPhase;
    await this.putPolicy(keyId, generationPolicy(this.description, phase));
    return keyId;
  }

  /** Stores key material as a new version of the secret, with the label AWSCURRENT. */
  public async putMaterial(material: Uint8Array): Promise<void> {
    await this.secretsClient().send(new PutSecretValueCommand({ SecretId: 'material', SecretBinary: material }));
  }

  /** The calls by which the handler has changed something in KMS since `mark`, in order. */
  public changes(mark = 0): string[] {
    return this.localKms.audit.records
      .filter(({ sequence, accessKey }) => sequence > mark && accessKey !== OperatorWorld.ACCESS_KEY)
      .filter(({ operation }) => !READ_CALLS.includes(operation))
      .map(({ operation }) => operation);
  }

  /** The sequence number of the latest record in the audit log. */
  public get mark(): number {
    return this.localKms.audit.records.at(-1)?.sequence ?? 0;
  }

  public events(): string[] {
    return this.lines.map(({ event }) => event);
  }

  private secretsClient(): SecretsManagerClient {
    return new SecretsManagerClient({
      endpoint: this.localSecrets.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'control', secretAccessKey: 'unused' },
      maxAttempts: 1,
    });
  }
}
