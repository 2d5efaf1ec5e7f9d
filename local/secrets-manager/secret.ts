import { invalidParameter, tooManyLabels, versionExists, versionNotFound } from './errors';

/** A secret value as in the request: binary as base64, or text. */
export interface SecretValue {
  readonly SecretBinary?: string;
  readonly SecretString?: string;
}

export interface SecretVersion {
  readonly versionId: string;
  readonly value: SecretValue;
  readonly createdAt: Date;
}

/** AWS keeps about 100 versions, and always those with a staging label. */
const MAX_VERSIONS = 100;
/** Counted over all versions. */
const MAX_LABELS = 20;

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/** One secret: immutable versions, and staging labels that move between them. */
export class Secret {
  private readonly versions = new Map<string, SecretVersion>();
  private readonly labels = new Map<string, string>();

  public constructor(public readonly arn: string, public readonly name: string, public readonly createdAt: Date) {}

  /** Adds a version. A repeated call with the same version and value has no effect. */
  public put(versionId: string, value: SecretValue, labels: readonly string[], now: Date): void {
    const existing = this.versions.get(versionId);
    if (existing !== undefined && !sameValue(existing.value, value)) throw versionExists(versionId);
    if (existing !== undefined) return;
    const previous = labels.includes(CURRENT) && this.labels.has(CURRENT) ? [PREVIOUS] : [];
    if (new Set([...this.labels.keys(), ...labels, ...previous]).size > MAX_LABELS) throw tooManyLabels(MAX_LABELS);
    this.versions.set(versionId, { versionId, value, createdAt: now });
    for (const label of labels) this.attach(label, versionId);
    this.deleteOldVersions();
  }

  public version(versionId: string): SecretVersion | undefined {
    return this.versions.get(versionId);
  }

  public versionLabelled(label: string): SecretVersion | undefined {
    const versionId = this.labels.get(label);
    return versionId === undefined ? undefined : this.versions.get(versionId);
  }

  public labelsOf(versionId: string): string[] {
    return [...this.labels].filter(([, labelled]) => labelled === versionId).map(([label]) => label);
  }

  /** Returns the versions with a staging label. AWS considers the others deprecated. */
  public labelledVersions(): { [versionId: string]: string[] } {
    const labelled = [...this.versions.keys()].map((versionId): [string, string[]] => [versionId, this.labelsOf(versionId)]);
    return Object.fromEntries(labelled.filter(([, labels]) => labels.length > 0));
  }

  public moveLabel(label: string, from: string | undefined, to: string | undefined): void {
    const holder = this.labels.get(label);
    if (to !== undefined && !this.versions.has(to)) throw versionNotFound(to);
    if (from !== undefined && from !== holder) {
      throw invalidParameter(`The parameter RemoveFromVersionId is not valid. Staging label ${label} is not attached to version ${from}.`);
    }
    if (to === undefined && label === CURRENT) {
      throw invalidParameter(`You can't remove the staging label ${CURRENT} without moving it to another version.`);
    }
    if (to !== undefined && holder !== undefined && holder !== to && from === undefined) {
      throw invalidParameter(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, ` +
          'so you must explicitly reference that version in RemoveFromVersionId.',
      );
    }
    if (to === undefined) this.labels.delete(label);
    else this.attach(label, to);
  }

  /** Deletes the versions without a staging label. */
  public deleteUnlabelledVersions(): void {
    for (const versionId of [...this.versions.keys()]) if (this.labelsOf(versionId).length === 0) this.versions.delete(versionId);
  }

  /** Attaches a label. The version that loses AWSCURRENT gets AWSPREVIOUS. */
  private attach(label: string, versionId: string): void {
    const holder = this.labels.get(label);
    if (holder === versionId) return;
    if (holder === undefined && this.labels.size >= MAX_LABELS) throw tooManyLabels(MAX_LABELS);
    this.labels.set(label, versionId);
    if (label === CURRENT && holder !== undefined) this.labels.set(PREVIOUS, holder);
  }

  private deleteOldVersions(): void {
    for (const versionId of [...this.versions.keys()]) {
      if (this.versions.size <= MAX_VERSIONS) return;
      if (this.labelsOf(versionId).length === 0) this.versions.delete(versionId);
    }
  }
}

function sameValue(one: SecretValue, other: SecretValue): boolean {
  return one.SecretBinary === other.SecretBinary && one.SecretString === other.SecretString;
}
