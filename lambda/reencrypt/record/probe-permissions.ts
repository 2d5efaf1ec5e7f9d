import type { PermissionTable } from './decide-record';
import type { GenerationArns } from '../../../src/contract/runs/reencryption';
import type { ReEncryptionPort, ReEncryptPermission } from '../../ports/re-encryption';

/** Checks the permission to re-encrypt from each generation to the current one, without a blob. */
export async function probePermissions(kms: ReEncryptionPort, { current, all }: GenerationArns): Promise<PermissionTable> {
  const permissions = new Map<string, ReEncryptPermission>();
  for (const generation of [current, ...all.filter((arn) => arn !== current)]) {
    permissions.set(generation, await kms.mayReEncrypt(generation, current));
  }
  return permissions;
}

/**
 * Shares one check of the permissions between many records. Each caller gets a check that began after its call: an
 * earlier result could hide a policy mistake made since, and the whole table would be quarantined as foreign.
 */
export function sharedProbe(probe: () => Promise<PermissionTable>): () => Promise<PermissionTable> {
  let running: Promise<unknown> | undefined;
  let next: Promise<PermissionTable> | undefined;
  return () => {
    next ??= (async () => {
      await running?.catch(() => undefined);
      running = next;
      next = undefined;
      return probe();
    })();
    return next;
  };
}
