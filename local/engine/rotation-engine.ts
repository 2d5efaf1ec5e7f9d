import { runPass, type WorkerPorts } from './passes';
import type { Running } from './running';
import { preflightStores, preflightWorker } from '../../lambda/reencrypt/preflight';
import type { PassCounts } from '../../lambda/reencrypt/sum-pass';
import { beginRotation } from '../../lambda/rotation/begin-rotation';
import { concludeCensus } from '../../lambda/rotation/conclude-census';
import type { ControlPorts } from '../../lambda/rotation/control-ports';
import { createGeneration } from '../../lambda/rotation/create-generation';
import { censusCountsFrom, disableOldGenerations } from '../../lambda/rotation/disable-old-generations';
import { fenceGenerations } from '../../lambda/rotation/fence-generations';
import { moveAlias } from '../../lambda/rotation/move-alias';
import { preflightRotation } from '../../lambda/rotation/preflight-rotation';
import { newGeneration } from '../../lambda/rotation/still-ours';
import type { FamilyDescription } from '../../src/contract/family-description';
import type { GenerationArns, PassMode } from '../../src/contract/reencryption';
import type { CensusResult, RotationRequest, RotationRun } from '../../src/contract/rotation-run';

/** The steps of a rotation, in their order. */
export type RotationStep =
  'plan' | 'create generation' | 'pre-flight' | 'settle' | 'move alias' | 'fence' | 're-encrypt' | 'wait for writers' | 'census' | 'disable old generation';

/** For people who watch. The step waits until they have looked. */
export interface RotationWatcher {
  stepStarted(step: RotationStep, detail?: string): void | Promise<void>;
}

/** Two passes settle what writers do. What a census finds after that stands beside a wrong note, so none is believed any more. */
const UNBELIEVING_FROM_PASS = 3;

/** The rights of a rotation, one set for each role. */
export interface RotationPorts {
  readonly control: ControlPorts & { readonly runs: Running };
  readonly worker: WorkerPorts;
  readonly watcher?: RotationWatcher;
}

/** A pass that was made, and what it counted. */
export interface FinishedPass {
  readonly mode: PassMode;
  readonly counts: PassCounts;
}

/** How a rotation ended, when it ended well. */
export interface RotationOutcome {
  readonly kind: 'rotated' | 'nothing-to-do';
  readonly passes: readonly FinishedPass[];
}

/**
 * Rotates a family in this process, with the very steps that a state machine runs in an account.
 *
 * It may be stopped anywhere and asked again: it then finds the world as it is, and goes on from there.
 */
export async function rotate(description: FamilyDescription, request: RotationRequest, ports: RotationPorts): Promise<RotationOutcome> {
  return ports.control.runs.during(request.run, () => new Rotation(description, ports).perform(request));
}

class Rotation {
  private readonly passes: FinishedPass[] = [];

  public constructor(private readonly description: FamilyDescription, private readonly ports: RotationPorts) {}

  public async perform(request: RotationRequest): Promise<RotationOutcome> {
    const { description, ports: { control } } = this;
    await this.say('plan', `generation ${request.toGeneration}`);
    const planned = await beginRotation(description, request, control);
    if (planned === 'nothing-to-do') return { kind: planned, passes: [] };

    await this.say('create generation', `generation ${request.toGeneration}`);
    let run = await createGeneration(description, planned, control);
    await this.preflight(run);
    await this.settle();
    await this.say('move alias', `${description.alias} to generation ${request.toGeneration}`);
    run = await moveAlias(description, run, control);
    await this.settle();
    await this.say('fence');
    run = await fenceGenerations(description, run, control);
    await this.settle();

    const census = await this.emptyOldGenerations(run);
    await this.say('disable old generation');
    await disableOldGenerations(description, run, census, control);
    return { kind: 'rotated', passes: this.passes };
  }

  private async preflight(run: RotationRun): Promise<void> {
    const { description, ports: { control, worker } } = this;
    await this.say('pre-flight');
    await preflightRotation(description, run, control);
    await preflightWorker(description.alias, worker.kms, arnsOf(run));
    await preflightStores(description.alias, worker.stores);
  }

  /** Re-encrypts and counts until a census that counts finds nothing, or the number of passes is used up. */
  private async emptyOldGenerations(run: RotationRun): Promise<CensusResult> {
    let census: CensusResult;
    let passes = 0;
    do {
      passes += 1;
      await this.pass(run, passes < UNBELIEVING_FROM_PASS ? 're-encrypt' : 're-encrypt-every-blob', `pass ${passes}`);
      await this.waitForWriters(run);
      const startedAt = this.ports.control.clock.now();
      census = concludeCensus(this.description, await this.pass(run, 'census'), startedAt);
    } while (census.underOldGeneration > 0 && passes < this.description.maximumPasses);
    return census;
  }

  private async pass(run: RotationRun, mode: PassMode, detail?: string): Promise<PassCounts> {
    await this.say(mode === 'census' ? 'census' : 're-encrypt', detail);
    const counts = await runPass(
      { family: this.description.alias, run: run.run, pass: this.passes.length + 1, mode, generations: arnsOf(run) }, this.ports.worker,
    );
    this.passes.push({ mode, counts });
    return counts;
  }

  private async settle(): Promise<void> {
    await this.say('settle', `${this.description.settleSeconds} s`);
    await this.ports.control.clock.sleep(this.description.settleSeconds * 1000);
  }

  private async waitForWriters(run: RotationRun): Promise<void> {
    const { clock } = this.ports.control;
    const left = (censusCountsFrom(this.description, run) ?? clock.now()).getTime() - clock.now().getTime();
    if (left <= 0) return;
    await this.say('wait for writers', `${Math.ceil(left / 1000)} s`);
    await clock.sleep(left);
  }

  private async say(step: RotationStep, detail?: string): Promise<void> {
    await this.ports.watcher?.stepStarted(step, detail);
  }
}

function arnsOf(run: RotationRun): GenerationArns {
  const { keyArn } = newGeneration(run);
  return { current: keyArn, all: [...run.all.map((generation) => generation.keyArn), keyArn] };
}
