import { isProbeNote, readNoteName, type NamedNote } from './note-name';
import { useEvidencePrefix, type UseEvidence } from '../../src/contract/evidence/evidence';
import { WATCHED_ERROR_CODES } from '../../src/contract/family/watched-calls';
import type { Generation } from '../key-family/family';
import type { EvidencePort } from '../ports/evidence';

/** Days before the move of the alias in which a principal that fails counts as failing anyway. */
const COMPARED_DAYS = 14;

/** A move of the alias, and the generations that it can affect. */
export interface AliasMove {
  readonly movedAt: string;
  /**
   * When the alias moved to the same generation for the first time: failures since then do not show that a principal
   * failed anyway. The same as `movedAt`, unless an earlier rotation was rolled back.
   */
  readonly firstMovedAt: string;
  readonly generations: readonly Generation[];
}

type Notes = Pick<EvidencePort, 'list' | 'read'>;

/**
 * The first recorded failure since the alias moved, of a principal that did not fail so before. One is enough.
 *
 * The number of objects that are read depends on the number of failing principals, not on the number of their calls.
 */
export async function findConsumerFailure(move: AliasMove, evidence: Notes): Promise<UseEvidence | undefined> {
  const notes = await listNotes(move, evidence);
  const failedBefore = await callersBefore(secondOf(move.firstMovedAt), notes.map(({ note }) => note), evidence);
  for (const { note, generation } of notes) {
    if (note.hour < hourOf(move.movedAt, note) || failedBefore.has(note.caller)) continue;
    const use = await evidence.read<UseEvidence>(note.key);
    if (use !== undefined && isConsumerFailure(use, generation, secondOf(move.movedAt))) return use;
  }
  return undefined;
}

/** Whether an event of a probe of the control role has arrived that was sent at or after a moment. */
export async function hasProbeArrived(keyId: string, probedAt: string, evidence: Notes): Promise<boolean> {
  const prefix = useEvidencePrefix(keyId);
  const keys = (await evidence.list(prefix, `${prefix}${probedAt.slice(0, 10)}`)).filter(isProbeNote);
  for (const key of keys.reverse()) {
    const probe = await evidence.read<UseEvidence>(key);
    if (probe !== undefined && Date.parse(probe.at) >= secondOf(probedAt)) return true;
  }
  return false;
}

interface NoteOfGeneration {
  readonly note: NamedNote;
  readonly generation: Generation;
}

async function listNotes({ firstMovedAt, generations }: AliasMove, evidence: Notes): Promise<NoteOfGeneration[]> {
  const from = new Date(Date.parse(firstMovedAt) - COMPARED_DAYS * 24 * 3_600_000).toISOString().slice(0, 10);
  const notes: NoteOfGeneration[] = [];
  for (const generation of generations) {
    const prefix = useEvidencePrefix(generation.keyId);
    for (const key of await evidence.list(prefix, `${prefix}${from}`)) {
      const note = readNoteName(key);
      if (note !== undefined) notes.push({ note, generation });
    }
  }
  return notes;
}

/** In the hour of the move only the content of a note shows whether the call was before it. */
async function callersBefore(firstMove: number, notes: readonly NamedNote[], evidence: Notes): Promise<ReadonlySet<string>> {
  const callers = new Set<string>();
  const moved = new Date(firstMove).toISOString();
  for (const note of notes) {
    if (note.hour < hourOf(moved, note)) callers.add(note.caller);
    if (note.hour !== hourOf(moved, note) || callers.has(note.caller)) continue;
    const use = await evidence.read<UseEvidence>(note.key);
    if (use !== undefined && Date.parse(use.at) < firstMove) callers.add(note.caller);
  }
  return callers;
}

/** A call that an older fence denies was denied before the alias moved as well. */
function isConsumerFailure({ kind, at, errorCode }: UseEvidence, { fencedSince }: Generation, movedAt: number): boolean {
  const deniedByOlderFence = fencedSince !== undefined && Date.parse(fencedSince) < movedAt && errorCode.startsWith('AccessDenied');
  return kind === 'use' && Date.parse(at) >= movedAt && WATCHED_ERROR_CODES.includes(errorCode) && !deniedByOlderFence;
}

/** CloudTrail times are whole seconds. */
function secondOf(moment: string): number {
  return Math.floor(Date.parse(moment) / 1000) * 1000;
}

/** The hour of a moment, as exact as that of the note. */
function hourOf(moment: string, { hour }: NamedNote): string {
  return moment.slice(0, hour.length);
}
