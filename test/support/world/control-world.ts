import {
  DisableKeyCommand, EncryptCommand, PutKeyPolicyCommand, ScheduleKeyDeletionCommand, TagResourceCommand, UpdateAliasCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { aFamilyDescription } from './a-family-description';
import { KmsWorld } from './kms-world';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { KmsKeyMaterial } from '../../../lambda/adapters/kms/kms-key-material';
import { SecretsManagerMaterial } from '../../../lambda/adapters/secrets-manager';
import { controlFunction } from '../../../lambda/control/control-function';
import type { ControlPorts } from '../../../lambda/key-family/control-ports';
import { findGeneration, type Family, type Generation } from '../../../lambda/key-family/family';
import { readWholeFamily } from '../../../lambda/key-family/read-family';
import { createFamily } from '../../../lambda/key-family/resource/create-family';
import { jsonLog } from '../../../lambda/runtime/log';
import { noteName } from '../../../lambda/watch/note-name';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { UnconditionalDenyAuthorizer } from '../../../local/kms/authorization/unconditional-deny-authorizer';
import type { LocalKms } from '../../../local/kms/local-kms';
import { virtualSleep } from '../../../local/virtual-sleep';
import { EVIDENCE_SCHEMA, useEvidenceKey, type UseEvidence } from '../../../src/contract/evidence/evidence';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { GenerationTag } from '../../../src/contract/family/generation-tags';
import { STEP_SCHEMA, type ControlStep } from '../../../src/contract/runs/function-steps';
import type { RotationInput, RotationRun } from '../../../src/contract/runs/rotation-run';

export const START = new Date('2026-11-01T00:00:00.000Z');
export const MACHINE = 'arn:machine';

/** The steps of a rotation after its plan, in three parts. `check-consumers` is performed until the watch has ended. */
export const UNTIL_MOVED: readonly ControlStep[] = ['create-generation', 'pre-flight', 'move-alias'];
export const UNTIL_FENCED: readonly ControlStep[] = ['check-consumers', 'fence', 'probe-fence', 'check-consumers'];
export const UNTIL_CONCLUDED: readonly ControlStep[] = ['begin-pass', 'begin-census', 'conclude-census', 'conclude-rotation'];

/** The control function and a family of one generation in a local KMS. There are no stores, so there is no worker. */
export class ControlWorld extends KmsWorld {
  public static async open(declared: Partial<FamilyDescription> = {}): Promise<ControlWorld> {
    const kms = await ControlWorld.startKms(START, { authorizer: new UnconditionalDenyAuthorizer() });
    const world = new ControlWorld(kms, aFamilyDescription(declared));
    await createFamily(world.description, undefined, world.ports);
    return world;
  }

  public readonly evidence = new EvidenceInMemory();
  public readonly lines: string[] = [];
  /** The executions that have not ended. */
  public readonly running: string[] = [];
  public readonly ports: ControlPorts;
  public readonly kms: KMSClient;

  private constructor(localKms: LocalKms, public description: FamilyDescription) {
    super(localKms);
    const identity = { region: 'eu-central-1', credentials: { accessKeyId: 'control', secretAccessKey: 'unused' }, maxAttempts: 1 };
    this.kms = this.kmsClient('control');
    this.ports = {
      kms: new KmsKeyFamily(this.kms),
      material: new KmsKeyMaterial(this.kms),
      secret: new SecretsManagerMaterial(new SecretsManagerClient(identity)),
      machines: { start: async () => 'started', runningExecutions: async () => this.running },
      evidence: this.evidence,
      clock: virtualSleep(localKms.clock),
      log: jsonLog((line) => void this.lines.push(line)),
    };
  }

  public get now(): string {
    return this.localKms.clock.now().toISOString();
  }

  /** Invokes the control function. Event and result are converted to JSON and back, as in Lambda. */
  public async invoke(event: object): Promise<unknown> {
    const result = await controlFunction(this.ports)(JSON.parse(JSON.stringify(event)), { getRemainingTimeInMillis: () => 60_000 });
    return JSON.parse(JSON.stringify(result));
  }

  /** Begins a run, which is then the only one that has not ended. */
  public async plan(execution: string, input: RotationInput = {}): Promise<RotationRun> {
    this.running.splice(0, this.running.length, execution);
    const request = {
      schema: STEP_SCHEMA, step: 'plan', family: this.description, execution, startedAt: this.now, machine: MACHINE, input,
    };
    return await this.invoke(request) as RotationRun;
  }

  public async perform(run: RotationRun, step: ControlStep): Promise<RotationRun> {
    return await this.invoke({ schema: STEP_SCHEMA, step, family: this.description, machine: MACHINE, run }) as RotationRun;
  }

  /** Performs steps one after the other, each followed by the propagation delay that the state machine waits. */
  public async performAll(run: RotationRun, steps: readonly ControlStep[]): Promise<RotationRun> {
    let state = run;
    for (const step of steps) {
      state = await this.perform(state, step);
      while (step === 'check-consumers' && state.consumers === 'watching') {
        this.pass(state.watchSeconds);
        state = await this.perform(state, step);
      }
      this.pass(this.description.propagationDelaySeconds);
    }
    return state;
  }

  /** A whole rotation. */
  public async rotate(execution: string): Promise<RotationRun> {
    return this.performAll(await this.plan(execution), [...UNTIL_MOVED, ...UNTIL_FENCED, ...UNTIL_CONCLUDED]);
  }

  public async family(): Promise<Family> {
    return readWholeFamily(this.description.alias, this.ports);
  }

  public async generation(number: number): Promise<Generation> {
    const found = findGeneration(await this.family(), number);
    if (found === undefined) throw new Error(`there is no generation ${number}`);
    return found;
  }

  public pass(seconds: number): void {
    this.localKms.clock.advance(seconds * 1000);
  }

  public async encryptsThroughAlias(): Promise<boolean> {
    return this.encrypts(this.description.alias);
  }

  public async encrypts(keyId: string): Promise<boolean> {
    return this.kms.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('anything') })).then(() => true, () => false);
  }

  public async tag(number: number, tag: GenerationTag, value: string): Promise<void> {
    await this.kms.send(new TagResourceCommand({ KeyId: (await this.generation(number)).keyId, Tags: [{ TagKey: tag, TagValue: value }] }));
  }

  public async disable(number: number): Promise<void> {
    await this.kms.send(new DisableKeyCommand({ KeyId: (await this.generation(number)).keyId }));
  }

  public async scheduleDeletion(number: number): Promise<void> {
    await this.kms.send(new ScheduleKeyDeletionCommand({ KeyId: (await this.generation(number)).keyId, PendingWindowInDays: 7 }));
  }

  public async putPolicy(number: number, policy: string): Promise<void> {
    await this.kms.send(new PutKeyPolicyCommand({ KeyId: (await this.generation(number)).keyId, Policy: policy }));
  }

  public async moveAlias(number: number): Promise<void> {
    await this.kms.send(new UpdateAliasCommand({ AliasName: this.description.alias, TargetKeyId: (await this.generation(number)).keyId }));
  }

  /** Writes the evidence of a failed call, as the watch does. */
  public async recordUse(number: number, use: Partial<UseEvidence> = {}): Promise<void> {
    const evidence: UseEvidence = {
      schema: EVIDENCE_SCHEMA,
      kind: 'use',
      at: this.now,
      eventId: `event-${this.evidence.keys().length}`,
      operation: 'Decrypt',
      errorCode: 'IncorrectKeyException',
      principal: 'arn:consumer',
      ...use,
    };
    await this.evidence.writeOnce(useEvidenceKey((await this.generation(number)).keyId, evidence, noteName(evidence)), evidence);
  }
}
