import { randomBytes } from 'node:crypto';
import { CreateAliasCommand, CreateKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ALIAS, People } from './people';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { KmsKeyMaterial } from '../../../lambda/adapters/kms/kms-key-material';
import { SecretsManagerMaterial } from '../../../lambda/adapters/secrets-manager';
import type { ControlPorts } from '../../../lambda/key-family/control-ports';
import type { Family } from '../../../lambda/key-family/family';
import { readFamily } from '../../../lambda/key-family/read-family';
import { rotatingKeyResource } from '../../../lambda/key-family/resource/rotating-key-resource';
import { customResource, type CustomResourceEvent, type ResourceProperties } from '../../../lambda/runtime/custom-resource';
import { jsonLog } from '../../../lambda/runtime/log';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { UnconditionalDenyAuthorizer } from '../../../local/kms/authorization/unconditional-deny-authorizer';
import { VirtualClock } from '../../../local/kms/model/time/clock';
import { LocalKms } from '../../../local/kms/local-kms';
import { LocalSecretsManager } from '../../../local/secrets-manager/local-secrets-manager';
import { virtualSleep } from '../../../local/virtual-sleep';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { Crash } from '../../support/crashing-client';
import { QUESTION, ResponseUrl } from '../../support/response-url';
import { MachinesInMemory } from '../reconcile/machines-in-memory';
import { aFamilyDescription } from '../rotation/a-family-description';

export { ALIAS };

export const START = new Date('2026-11-01T00:00:00.000Z');
export const DAY = 24 * 60 * 60 * 1000;

/** Calls that change nothing. */
const LOOKS = ['DescribeKey', 'GetKeyLastUsage', 'GetKeyPolicy', 'ListAliases', 'ListKeyRotations', 'ListKeys', 'ListResourceTags'];

/** A policy that says who may use the key; the name of the team makes one differ from another. */
export function aPolicy(team: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: team, Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' }],
  });
}

/** What CloudFormation was answered. */
export interface Answer {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: { readonly [attribute: string]: string };
}

/** Account and Region of a rotating key: a KMS, a Secrets Manager, the custom resource's handler, and time that only moves when it is told. */
export class FamilyWorld extends People {
  public static async open(declared: Partial<FamilyDescription> = {}): Promise<FamilyWorld> {
    const clock = VirtualClock.standingAt(START);
    const kms = await LocalKms.start({ clock, authorizer: new UnconditionalDenyAuthorizer() });
    return new FamilyWorld(kms, await LocalSecretsManager.start({ clock }), declared);
  }

  /** A family whose material comes from a secret. */
  public static async openWithSecret(): Promise<FamilyWorld> {
    const world = await FamilyWorld.open();
    const { ARN } = await world.secretsClient().send(new CreateSecretCommand({ Name: 'material', SecretBinary: randomBytes(32) }));
    world.description = {
      ...world.description,
      material: { kind: 'secret', secretArn: ARN as string, encoding: 'binary', wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' },
    };
    return world;
  }

  public readonly machines = new MachinesInMemory();
  public readonly lines: { readonly happening: string; readonly [field: string]: unknown }[] = [];
  public description: FamilyDescription;

  private constructor(localKms: LocalKms, public readonly localSecrets: LocalSecretsManager, declared: Partial<FamilyDescription>) {
    super(localKms);
    this.description = aFamilyDescription({ policyDocument: aPolicy('first'), tags: { team: 'shop' }, ...declared });
  }

  public async close(): Promise<void> {
    await Promise.all([this.localKms.stop(), this.localSecrets.stop()]);
  }

  /** What the control function works with, stopped by a crash if there is one. */
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
      evidence: new EvidenceInMemory(),
      clock: virtualSleep(this.clock),
      log: jsonLog((line) => void this.lines.push(JSON.parse(line))),
    };
  }

  /** What CloudFormation hands over for what is declared. */
  public properties(others: ResourceProperties = {}, description = this.description): ResourceProperties {
    return { ServiceToken: 'arn:handler', Family: JSON.stringify(description), ...others };
  }

  /** Sends an event to the handler, and waits where CloudFormation waits for the answer. */
  public async ask(event: Partial<CustomResourceEvent>, ports = this.ports()): Promise<Answer> {
    const place = await ResponseUrl.open();
    try {
      const handler = customResource(rotatingKeyResource(ports), ports);
      const question = { RequestType: 'Create', ResponseURL: place.url, ResourceProperties: this.properties(), ...QUESTION, ...event } as const;
      await handler(question, { getRemainingTimeInMillis: () => 240_000 });
      return place.answer;
    } finally {
      await place.close();
    }
  }

  public async create(others: ResourceProperties = {}): Promise<Answer> {
    return this.ask({ ResourceProperties: this.properties(others) });
  }

  public async update(description: Partial<FamilyDescription>, others: ResourceProperties = {}, ports = this.ports()): Promise<Answer> {
    const old = this.properties();
    const wanted = { ...this.description, ...description };
    const answer = await this.ask(
      { RequestType: 'Update', PhysicalResourceId: ALIAS, ResourceProperties: this.properties(others, wanted), OldResourceProperties: old }, ports,
    );
    if (answer.Status === 'SUCCESS') this.description = wanted;
    return answer;
  }

  public async delete(event: Partial<CustomResourceEvent> = {}): Promise<Answer> {
    return this.ask({ RequestType: 'Delete', PhysicalResourceId: ALIAS, ...event });
  }

  public async family(): Promise<Family> {
    return readFamily(ALIAS, new KmsKeyFamily(this.people));
  }

  /** A key that has nothing to do with any family. */
  public async foreignKey(alias?: string, tags: { [name: string]: string } = {}): Promise<{ keyId: string; keyArn: string }> {
    const { KeyMetadata } = await this.people.send(new CreateKeyCommand({}));
    const { KeyId: keyId, Arn: keyArn } = KeyMetadata as { KeyId: string; Arn: string };
    await this.tag(keyId, tags);
    if (alias !== undefined) await this.people.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: keyId }));
    return { keyId, keyArn };
  }

  /** Another generation, as a rotation leaves it behind. */
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
    return keyId;
  }

  /** A new version of the secret; it is AWSCURRENT from now on. */
  public async putMaterial(bytes: Uint8Array): Promise<void> {
    await this.secretsClient().send(new PutSecretValueCommand({ SecretId: 'material', SecretBinary: bytes }));
  }

  /** What the handler has changed since `mark`, in order. */
  public changes(mark = 0): string[] {
    return this.localKms.audit.records
      .filter(({ sequence, accessKey, operation }) => sequence > mark && accessKey !== People.ACCESS_KEY && !LOOKS.includes(operation))
      .map(({ operation }) => operation);
  }

  /** Where the audit log is by now. */
  public get mark(): number {
    return this.localKms.audit.records.at(-1)?.sequence ?? 0;
  }

  public happenings(): string[] {
    return this.lines.map(({ happening }) => happening);
  }

  private secretsClient(): SecretsManagerClient {
    return new SecretsManagerClient({
      endpoint: this.localSecrets.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'control', secretAccessKey: 'unused' }, maxAttempts: 1,
    });
  }
}
