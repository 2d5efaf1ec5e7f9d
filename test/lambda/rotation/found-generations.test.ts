import { DisableKeyCommand } from '@aws-sdk/client-kms';
import { EVIDENCE_SCHEMA, evidenceKey } from '../../../src/contract/evidence/evidence';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { NO_RECORDS, type PassMode } from '../../../src/contract/runs/reencryption';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { STORE } from '../../support/world/a-retiring-generation';
import { ControlWorld, UNTIL_FENCED, UNTIL_MOVED } from '../../support/world/control-world';

let world: ControlWorld;

/** Generation 1 is replaced and emptied. A second rotation has counted, and its evidence is not written yet. */
beforeEach(async () => {
  world = await ControlWorld.open();
  await world.rotate('run-1');
  world.description = { ...world.description, stores: [STORE] };
});
afterEach(() => world.close());

/** A rotation whose first pass has found a record under a generation and re-encrypted it. */
async function rotationThatFinds(foundUnder: string): Promise<RotationRun> {
  const begun = await world.performAll(await world.plan('run-2'), [...UNTIL_MOVED, ...UNTIL_FENCED, 'begin-pass', 'begin-census']);
  for (let shard = 0; shard < STORE.shards; shard++) {
    await write(begun, shard, 1, 're-encrypt', [foundUnder]);
    await write(begun, shard, 2, 'census', []);
  }
  return world.performAll(begun, ['conclude-census', 'conclude-rotation']);
}

async function write({ run }: RotationRun, shard: number, pass: number, mode: PassMode, foundUnder: readonly string[]): Promise<void> {
  const place = { run, pass, storeId: STORE.storeId, shard, sequence: 0 };
  await world.evidence.writeOnce(evidenceKey(place, 'counts'), {
    schema: EVIDENCE_SCHEMA,
    family: world.description.alias,
    mode,
    ...place,
    finished: true,
    counts: { ...NO_RECORDS, scanned: 1, alreadyCurrent: 1 },
    opened: { arn: STORE.tableArn, id: 'table-1' },
    foundUnder,
    startedAt: world.now,
    endedAt: world.now,
  });
}

test('the certificate of a generation is withdrawn if a rotation has moved a record of it, and the run empties it again', async () => {
  const { keyArn, emptiedSince } = await world.generation(1);
  await world.tag(1, GenerationTag.CERTIFIED_SINCE, world.now);
  await world.tag(1, GenerationTag.DISABLED_SINCE, world.now);
  await world.kms.send(new DisableKeyCommand({ KeyId: keyArn }));
  const run = await rotationThatFinds(keyArn);
  expect(run.from).toContainEqual({ generation: 1, keyArn });
  const generation = await world.generation(1);
  expect(generation).toMatchObject({ keyState: 'Enabled', certifiedSince: undefined, disabledSince: undefined });
  expect(Date.parse(generation.emptiedSince ?? '')).toBeGreaterThan(Date.parse(emptiedSince ?? ''));
});

test('the certificate of a generation under which nothing was found stays valid', async () => {
  await world.tag(1, GenerationTag.CERTIFIED_SINCE, world.now);
  const { keyArn } = await world.generation(2);
  const before = await world.generation(1);
  await rotationThatFinds(keyArn);
  expect(await world.generation(1)).toEqual(before);
});

test('a generation that an operator has disabled stays disabled, and the run names it', async () => {
  const { keyArn } = await world.generation(1);
  await world.kms.send(new DisableKeyCommand({ KeyId: keyArn }));
  await expect(rotationThatFinds(keyArn)).rejects.toMatchObject({
    name: 'KeyNotReady', message: expect.stringMatching(/alias\/orders\/g1: .*an operator has disabled its key.*enable /),
  });
});
