import { invalidParameter, invalidRequest, labelNotFound, versionNotFound } from './errors';
import type { Secret, SecretValue, SecretVersion } from './secret';
import type { SecretStore } from './secret-store';
import { list, optional, readRequest, structure, text, type Shape } from '../kms/protocol/shape';

export type Answer = { readonly [member: string]: unknown };

/** Performs one operation on the secrets of the caller's account and Region. */
export type Operation = (body: unknown, store: SecretStore, now: Date) => Answer;

const SECRET_ID = text({ min: 1, max: 2048 });
const VERSION_ID = text({ min: 32, max: 64 });
const LABEL = text({ min: 1, max: 256 });
/** Without length limits: the error for a violated limit contains the value. */
const VALUE = { SecretBinary: optional(text({})), SecretString: optional(text({})) };

/** The operations that are implemented. */
export const OPERATIONS: { readonly [name: string]: Operation } = {
  CreateSecret: operation(
    structure({ Name: text({ min: 1, max: 512, pattern: /^[\w/+=.@-]+$/ }), ClientRequestToken: VERSION_ID, ...VALUE }),
    ({ Name, ClientRequestToken, ...given }, store, now) => {
      const value = valueOf(given);
      const existing = store.byName(Name);
      // A call that is repeated after a lost response finds the secret that it created.
      const secret = existing?.version(ClientRequestToken) === undefined ? store.create(Name, now) : existing;
      if (value === undefined) return { ARN: secret.arn, Name };
      secret.put(ClientRequestToken, value, ['AWSCURRENT'], now);
      return { ARN: secret.arn, Name, VersionId: ClientRequestToken };
    },
  ),

  PutSecretValue: operation(
    structure({ SecretId: SECRET_ID, ClientRequestToken: VERSION_ID, VersionStages: optional(list(LABEL, { max: 20 })), ...VALUE }),
    ({ SecretId, ClientRequestToken, VersionStages, ...given }, store, now) => {
      const secret = store.find(SecretId);
      const value = valueOf(given);
      if (value === undefined) throw invalidRequest('You must provide either SecretString or SecretBinary.');
      secret.put(ClientRequestToken, value, VersionStages ?? ['AWSCURRENT'], now);
      return { ARN: secret.arn, Name: secret.name, VersionId: ClientRequestToken, VersionStages: secret.labelsOf(ClientRequestToken) };
    },
  ),

  GetSecretValue: operation(
    structure({ SecretId: SECRET_ID, VersionId: optional(VERSION_ID), VersionStage: optional(LABEL) }),
    ({ SecretId, VersionId, VersionStage }, store) => {
      const secret = store.find(SecretId);
      const { versionId, value, createdAt } = selectVersion(secret, VersionId, VersionStage);
      const VersionStages = secret.labelsOf(versionId);
      return { ARN: secret.arn, Name: secret.name, VersionId: versionId, ...value, VersionStages, CreatedDate: createdAt.getTime() / 1000 };
    },
  ),

  DescribeSecret: operation(structure({ SecretId: SECRET_ID }), ({ SecretId }, store) => {
    const secret = store.find(SecretId);
    const VersionIdsToStages = secret.labelledVersions();
    return { ARN: secret.arn, Name: secret.name, CreatedDate: secret.createdAt.getTime() / 1000, VersionIdsToStages };
  }),

  UpdateSecretVersionStage: operation(
    structure({
      SecretId: SECRET_ID,
      VersionStage: LABEL,
      RemoveFromVersionId: optional(VERSION_ID),
      MoveToVersionId: optional(VERSION_ID),
    }),
    ({ SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId }, store) => {
      const secret = store.find(SecretId);
      secret.moveLabel(VersionStage, RemoveFromVersionId, MoveToVersionId);
      return { ARN: secret.arn, Name: secret.name };
    },
  ),
};

function operation<Request>(shape: Shape<Request>, perform: (request: Request, store: SecretStore, now: Date) => Answer): Operation {
  return (body, store, now) => perform(readRequest(shape, body), store, now);
}

function valueOf({ SecretBinary, SecretString }: SecretValue): SecretValue | undefined {
  if (SecretBinary !== undefined && SecretString !== undefined) {
    throw invalidParameter('You can\'t specify both a binary secret value and a string secret value in the same secret.');
  }
  if (SecretBinary !== undefined) return { SecretBinary };
  return SecretString === undefined ? undefined : { SecretString };
}

function selectVersion(secret: Secret, versionId: string | undefined, label: string | undefined): SecretVersion {
  if (versionId === undefined) {
    const selected = label ?? 'AWSCURRENT';
    const labelled = secret.versionLabelled(selected);
    if (labelled === undefined) throw labelNotFound(selected);
    return labelled;
  }
  const version = secret.version(versionId);
  if (version === undefined) throw versionNotFound(versionId);
  if (label !== undefined && !secret.labelsOf(versionId).includes(label)) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  return version;
}
