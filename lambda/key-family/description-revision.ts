import { createHash } from 'node:crypto';
import { isLive, type Generation } from './family';
import { tagValue } from './tag-value';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import { isAfter, type DeploymentEvent } from '../runtime/deployment-event';

const DIGITS = 16;

/**
 * How long after a deployment a description of an older one can arrive: the schedule delivers its input for 6 hours,
 * AWS Lambda retries it for 15 minutes, and a state machine carries it for as long as it runs. After this time, a
 * description that differs is the one that is deployed: for example after a rollback of a stack that AWS CloudFormation
 * could not complete.
 */
const OUTDATED_FOR_MS = 24 * 3_600_000;

/** Hash of everything that is declared. The order of members does not change it. */
export function descriptionRevision(description: FamilyDescription): string {
  return createHash('sha256').update(JSON.stringify(sorted(description))).digest('hex').slice(0, DIGITS);
}

/** The tag that a complete deployment writes, and no other step: a deployment that is stopped changes it for no one. */
export function descriptionTag(description: FamilyDescription, now: Date): string {
  return `${descriptionRevision(description)}@${now.toISOString()}`;
}

/**
 * Whether a description is older than the one that the last complete deployment wrote. An older one would revert the
 * key policy, or start what is no longer due.
 *
 * A generation that was created since then has no tag. If no generation has one, nothing is known, and nothing is
 * refused.
 */
export function isOutdated(description: FamilyDescription, generations: readonly Generation[], now: Date): boolean {
  const revision = descriptionRevision(description);
  const written = generations.filter(isLive).flatMap(({ tags }) => readTag(tagValue(tags, GenerationTag.DESCRIPTION)));
  if (written.length === 0 || written.some((tag) => tag.revision === revision)) return false;
  return now.getTime() - Math.max(...written.map(({ at }) => at)) < OUTDATED_FOR_MS;
}

/**
 * Whether a deployment has completed after an event of AWS CloudFormation was sent: then AWS Lambda delivers this event
 * again, after a later one.
 */
export function isDeployedAfter(event: DeploymentEvent, generations: readonly Generation[]): boolean {
  const written = generations.filter(isLive).flatMap(({ tags }) => readTag(tagValue(tags, GenerationTag.DESCRIPTION)));
  return written.some(({ at }) => isAfter(new Date(at), event));
}

/** Whether a generation has the tag of this description, or another tag that must not be changed here. */
export function lacksRevision(description: FamilyDescription, { tags }: Pick<Generation, 'tags'>): boolean {
  return readTag(tagValue(tags, GenerationTag.DESCRIPTION)).every(({ revision }) => revision !== descriptionRevision(description));
}

function readTag(value: string | undefined): { revision: string; at: number }[] {
  const [revision = '', at = ''] = value?.split('@') ?? [];
  const moment = Date.parse(at);
  return Number.isNaN(moment) ? [] : [{ revision, at: moment }];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, member]) => [name, sorted(member)]));
}
