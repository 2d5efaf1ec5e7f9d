import type { ControlPorts } from './control-ports';
import { fillGeneration } from './fill-generation';
import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { GENERATION_TAG_SCHEMA, generationAlias, GenerationTag } from '../../src/contract/generation-tags';
import type { RotationRun } from '../../src/contract/rotation-run';
import { findGeneration, type Family } from '../key-family/family';
import { generationPolicy } from '../key-family/generation-policy';
import { readFamily } from '../key-family/read-family';
import type { KeyFamilyPort, NewKey, Tags } from '../ports';
import { Failure } from '../runtime/failure';

/** What leads from the family as it is to a key that bears the new number. */
export type ClaimAction =
  | { readonly kind: 'none'; readonly keyId: string; readonly keyArn: string }
  /** An earlier run made the key and was stopped before it could claim the number. */
  | { readonly kind: 'claim'; readonly keyId: string; readonly keyArn: string }
  | { readonly kind: 'create-and-claim'; readonly key: NewKey };

/** Pure: CreateKey cannot be asked twice for the same key, so what exists already is always looked for first. */
export function decideClaim(family: Family, description: FamilyDescription, run: RotationRun, activeRuns: readonly string[], now: Date): ClaimAction {
  const claimed = findGeneration(family, run.toGeneration);
  if (claimed !== undefined) return { kind: 'none', keyId: claimed.keyId, keyArn: claimed.keyArn };
  const left = family.unclaimed.find((key) => key.generation === run.toGeneration && (key.run === run.run || !activeRuns.includes(key.run)));
  if (left !== undefined) return { kind: 'claim', keyId: left.keyId, keyArn: left.keyArn };
  return {
    kind: 'create-and-claim',
    key: {
      origin: description.material.kind === 'secret' ? 'EXTERNAL' : 'AWS_KMS',
      description: description.description,
      policy: generationPolicy(description.policyDocument, 'next'),
      tags: birthTags(description, run, now),
    },
  };
}

/** Creates the next generation, claims its number, and fills it with key material. Asking again finds it made. */
export async function createGeneration(description: FamilyDescription, run: RotationRun, ports: ControlPorts): Promise<RotationRun> {
  const { kms } = ports;
  const family = await readFamily(description.alias, kms);
  const action = decideClaim(family, description, run, await ports.runs.activeRuns(), ports.clock.now());
  const key = action.kind === 'create-and-claim' ? await kms.createKey(action.key) : action;
  if (action.kind !== 'none') await claim(description, run, key.keyId, kms);
  if (action.kind === 'claim') await bringPolicy(description, key.keyId, kms);
  await fillGeneration(description, run, key.keyArn, ports);
  return { ...run, to: { generation: run.toGeneration, keyArn: key.keyArn } };
}

/** Creating `alias/orders/gN` is atomic: whoever succeeds has won the number, and with it the rotation. */
async function claim(description: FamilyDescription, run: RotationRun, keyId: string, kms: KeyFamilyPort): Promise<void> {
  const alias = generationAlias(description.alias, run.toGeneration);
  if (await kms.createAlias(alias, keyId) === 'taken') {
    const holder = await kms.describeKey(alias);
    if (holder?.keyId !== keyId) {
      throw new Failure(ErrorName.NOT_OUR_RUN, {
        where: alias,
        what: 'another run has claimed this generation',
        given: `run ${run.run}`,
        remedy: 'nothing is to be done here; the other run goes on, and the key made in vain stays unused',
      });
    }
  }
  await kms.tagKey(keyId, { [GenerationTag.STATE]: 'claimed', [GenerationTag.RUN]: run.run });
}

/** A key of an earlier run may have been born under another revision of the policy. */
async function bringPolicy(description: FamilyDescription, keyId: string, kms: KeyFamilyPort): Promise<void> {
  await kms.putKeyPolicy(keyId, generationPolicy(description.policyDocument, 'next'));
  await kms.tagKey(keyId, { [GenerationTag.POLICY_REVISION]: description.policyRevision });
}

function birthTags(description: FamilyDescription, run: RotationRun, now: Date): Tags {
  return {
    ...description.tags,
    [GenerationTag.SCHEMA]: GENERATION_TAG_SCHEMA,
    [GenerationTag.FAMILY]: description.alias,
    [GenerationTag.OWNER]: description.owner,
    [GenerationTag.GENERATION]: String(run.toGeneration),
    [GenerationTag.STATE]: 'unclaimed',
    [GenerationTag.PHASE]: 'next',
    [GenerationTag.RUN]: run.run,
    [GenerationTag.POLICY_REVISION]: description.policyRevision,
    [GenerationTag.CREATED_AT]: now.toISOString(),
  };
}
