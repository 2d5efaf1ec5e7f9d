import type { PermissionTable } from './decide-record';
import type { GenerationArns } from '../../../src/contract/runs/reencryption';
import type { ReEncryptionPort, ReEncryptPermission } from '../../ports';

/** Tries the way from each generation to the current one, without any blob. */
export async function probePermissions(kms: ReEncryptionPort, { current, all }: GenerationArns): Promise<PermissionTable> {
  const permissions = new Map<string, ReEncryptPermission>();
  for (const generation of [current, ...all.filter((arn) => arn !== current)]) {
    permissions.set(generation, await kms.mayReEncrypt(generation, current));
  }
  return permissions;
}

/**
 * Lets many records share one try. Each asker gets a try that began after it asked: permission seen earlier would
 * excuse a policy mistake made since, and the whole table would be set aside as foreign.
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
