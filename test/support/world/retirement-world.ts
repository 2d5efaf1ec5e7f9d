import { CreateAliasCommand, DescribeKeyCommand, ListResourceTagsCommand, TagResourceCommand, type KMSClient } from '@aws-sdk/client-kms';
import { aRetiringFamily, STORE } from './a-retiring-generation';
import { createGeneration, keyIdOf, POLICY, tagList } from './create-generation';
import { DAY, HOUR, KmsWorld } from './kms-world';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { closeGate, openGate } from '../../../lambda/control/gate';
import { retirementFunction } from '../../../lambda/retirement/function/retirement-function';
import type { RetirementPorts } from '../../../lambda/retirement/retirement-ports';
import { jsonLog } from '../../../lambda/runtime/log';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { UnconditionalDenyAuthorizer } from '../../../local/kms/authorization/unconditional-deny-authorizer';
import type { LocalKms } from '../../../local/kms/local-kms';
import { EVIDENCE_SCHEMA, evidenceKey, type ShardEvidence } from '../../../src/contract/evidence/evidence';
import type { DeletionDescription, FamilyDescription } from '../../../src/contract/family/family-description';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { STEP_SCHEMA, type RetirementStep } from '../../../src/contract/runs/function-steps';
import { NO_RECORDS, type RecordCounts } from '../../../src/contract/runs/reencryption';
import type { RetirementInput, RetirementRun } from '../../../src/contract/runs/retirement-run';
import { deniedProbe, ROLES } from '../../lambda/retirement/cloudtrail-events';

export const ALIAS = 'alias/orders';
export const START = new Date('2026-01-01T12:00:00Z');
export { DAY, HOUR };

/** The counts of a shard, unless a test gives others. */
const TEN_CURRENT: RecordCounts = { ...NO_RECORDS, scanned: 10, alreadyCurrent: 10, answeredCalls: 10 };

/** The decision of a retirement run, and every step after it. */
export interface RunDone {
  readonly run: RetirementRun;
  readonly steps: readonly string[];
}

/**
 * The retirement function and a family in a local KMS that enforces the fence: generation 1, just fenced and emptied,
 * and generation 2, which is current. Runs follow the order of the retirement state machine.
 */
export class RetirementWorld extends KmsWorld {
  public static async open(changes: Partial<FamilyDescription> = {}): Promise<RetirementWorld> {
    const world = new RetirementWorld(await RetirementWorld.startKms(START, { authorizer: new UnconditionalDenyAuthorizer() }), changes);
    world.oldArn = await createGeneration(world.client, world.description, 1, 'fenced', {
      [GenerationTag.FENCED_SINCE]: START.toISOString(), [GenerationTag.EMPTIED_SINCE]: START.toISOString(),
    });
    world.currentArn = await createGeneration(world.client, world.description, 2, 'current', {});
    await world.client.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: keyIdOf(world.currentArn) }));
    return world;
  }

  public readonly client: KMSClient;
  public readonly evidence = new EvidenceInMemory();
  public readonly logged: string[] = [];
  public description: FamilyDescription;
  public oldArn = '';
  public currentArn = '';
  /** The table that the workers open. Assign for a table that was created again. */
  public table = { arn: STORE.tableArn, id: 'table-1' };
  private runs = 0;
  private events = 0;

  private constructor(localKms: LocalKms, changes: Partial<FamilyDescription>) {
    super(localKms);
    this.client = this.kmsClient('retirement', 3);
    this.description = aRetiringFamily({ policyDocument: POLICY, roles: ROLES, ...changes });
  }

  private get deletion(): DeletionDescription {
    if (this.description.deletion === undefined) throw new Error('the description declares no deletion');
    return this.description.deletion;
  }

  public get ports(): RetirementPorts {
    return {
      kms: new KmsKeyFamily(this.client),
      evidence: this.evidence,
      clock: this.clock,
      log: jsonLog((line) => this.logged.push(line)),
    };
  }

  public async decide(input: Partial<RetirementInput> = {}, ports: RetirementPorts = this.ports): Promise<RetirementRun> {
    const execution = `arn:aws:states:eu-central-1:111122223333:execution:orders-retirement:run-${this.runs += 1}`;
    const startedAt = this.now.toISOString();
    const request = { schema: STEP_SCHEMA, step: 'decide', family: this.description, execution, startedAt, input: { generation: 1, ...input } };
    return await retirementFunction(ports)(request) as RetirementRun;
  }

  public async step(step: RetirementStep, run: RetirementRun, ports: RetirementPorts = this.ports): Promise<RetirementRun> {
    return await retirementFunction(ports)({ schema: STEP_SCHEMA, step, family: this.description, run }) as RetirementRun;
  }

  /** Performs one run, as the state machine does. A census finds `found`. */
  public async run(found: Partial<RecordCounts> = {}, input: Partial<RetirementInput> = {}): Promise<RunDone> {
    const steps: string[] = [];
    let run = await this.decide(input);
    const step = async (name: RetirementStep) => {
      steps.push(name);
      run = await this.step(name, run);
    };
    const startOver = async () => {
      await step('start-over');
      await this.closeGate(run);
    };
    switch (run.action.kind) {
      case 'count':
        await step('begin-count');
        await this.count(run, found);
        await step('conclude-count');
        switch (run.count?.verdict) {
          case 'certify':
            await step('certify');
            await this.openGate(run);
            break;
          case 'schedule-deletion': await step('schedule-deletion'); break;
          case 'record-recount': await step('record-recount'); break;
          default: await startOver();
        }
        break;
      case 'disable':
        await step('begin-soak');
        await step('probe-watch');
        break;
      case 'probe-watch': await step('probe-watch'); break;
      case 'start-over': await startOver(); break;
      case 'cancel-deletion': await step('cancel-deletion'); break;
      case 'wait':
    }
    return { run, steps };
  }

  public async openGate(run: RetirementRun): Promise<void> {
    await openGate(this.description, run, this.ports as never);
  }

  public async closeGate(run: RetirementRun): Promise<void> {
    await closeGate(this.description, run, this.ports as never);
  }

  /** Writes the evidence of the workers of a census: `found` in the first shard, `elsewhere` in all others. */
  public async count(run: RetirementRun, found: Partial<RecordCounts> = {}, elsewhere: Partial<RecordCounts> = {}): Promise<void> {
    for (const { storeId, shard } of run.shards) {
      const place = { run: run.run, pass: 1, storeId, shard, sequence: 0 };
      const counts = { ...TEN_CURRENT, ...(shard === 0 ? found : elsewhere) };
      const now = this.now.toISOString();
      const evidence: ShardEvidence = {
        schema: EVIDENCE_SCHEMA,
        family: ALIAS,
        mode: 'census',
        ...place,
        opened: this.table,
        finished: true,
        counts,
        startedAt: now,
        endedAt: now,
        firstRequestId: `first-${shard}`,
        lastRequestId: `last-${shard}`,
      };
      await this.evidence.writeOnce(evidenceKey(place, 'counts'), evidence);
    }
  }

  /** Delivers an event of the watch. */
  public async deliverEvent(detail: object): Promise<void> {
    await retirementFunction(this.ports)({ schema: STEP_SCHEMA, step: 'record-use', alias: ALIAS, roles: ROLES, detail });
  }

  /** Delivers the event of the latest watch probe. */
  public async deliverProbeEvent(): Promise<void> {
    await this.deliverEvent(this.asEvent(deniedProbe()));
  }

  /** An event about the old generation of this world, at the current time. */
  public asEvent(detail: object): object {
    const text = JSON.stringify(detail).replaceAll(/arn:aws:kms:[^"]*?:key\/1{8}[\w-]*/g, this.oldArn);
    return { ...JSON.parse(text), eventTime: `${this.now.toISOString().slice(0, 19)}Z`, eventID: `event-${this.events += 1}` };
  }

  public advance(milliseconds: number): void {
    this.clock.advance(milliseconds);
  }

  public get now(): Date {
    return this.clock.now();
  }

  public async state(keyArn = this.oldArn): Promise<string> {
    const { KeyMetadata } = await this.client.send(new DescribeKeyCommand({ KeyId: keyArn }));
    return String(KeyMetadata?.KeyState);
  }

  /** The tags of this construct without their prefix. Empty ones are left out. */
  public async tags(keyArn = this.oldArn): Promise<{ [tag: string]: string }> {
    const { Tags = [] } = await this.client.send(new ListResourceTagsCommand({ KeyId: keyArn }));
    return Object.fromEntries(
      Tags.flatMap(({ TagKey, TagValue }) =>
        TagValue === '' ? [] : [[String(TagKey).replace('cdk-kms-lifecycle:', ''), String(TagValue)]],
      ),
    );
  }

  /** Writes tags on the old generation. */
  public async tag(tags: { [tag: string]: string }): Promise<void> {
    await this.client.send(new TagResourceCommand({ KeyId: this.oldArn, Tags: tagList(tags) }));
  }

  /** No step has been performed. The next run writes the certificate. */
  public async advanceToCertification(): Promise<void> {
    this.advance(DAY);
  }

  /** Certified on day 1, and not used since. The next run disables the generation. */
  public async advanceToEndOfObservation(): Promise<void> {
    await this.advanceToCertification();
    await this.run();
    this.advance(this.deletion.observationDays * DAY);
  }

  /** Disabled on day 8, and the event of the first watch probe has arrived. */
  public async advanceToSoak(): Promise<void> {
    await this.advanceToEndOfObservation();
    await this.run();
    await this.deliverProbeEvent();
  }

  /** Day 31: the soak is long enough and the last backup expires. The next run counts again. */
  public async advanceToRecount(): Promise<void> {
    await this.advanceToSoak();
    for (let day = 1 + this.deletion.observationDays; day < this.deletion.backupRetentionDays; day++) {
      this.advance(DAY);
      await this.run();
      await this.deliverProbeEvent();
    }
    this.advance(DAY);
  }

  /** Day 36: the generation is pending deletion. The next run counts again. */
  public async advanceToPendingWindow(): Promise<void> {
    await this.advanceToRecount();
    await this.run();
    this.advance(this.deletion.pendingWindowDays / 2 * DAY);
  }
}

/** The error that a step must fail with. */
export function failure(name: string, message: RegExp) {
  return expect.objectContaining({ name, message: expect.stringMatching(message) });
}
