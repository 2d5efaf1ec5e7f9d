import { generationPolicy } from './generation-policy';
import { comparePolicies, mayBeLeftOut, principalsOf, withoutPrincipals } from './policy-comparison';
import { isSamePolicy } from './same-policy';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { ALIAS_DIMENSION, FamilyMetric, METRIC_NAMESPACE } from '../../../src/contract/family/family-metrics';
import type { GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { Clock } from '../../ports/clock';
import type { KeyFamilyPort } from '../../ports/key-family';
import { UnknownPrincipal } from '../../ports/unknown-principal';
import type { Log } from '../../runtime/log';

/** A generation whose policy is written. */
interface Target {
  readonly keyId: string;
  readonly keyArn: string;
}

interface Ports {
  readonly kms: KeyFamilyPort;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Writes the key policy of a phase, unless the generation has it.
 *
 * A principal that was deleted must not prevent a rollback or a fence: KMS refuses the whole policy, and names no
 * principal. Such principals are found, left out, logged and counted. The roles of the construct are never left out.
 *
 * @param mustExist principals for which the write fails instead, because a deployment has just declared them
 */
export async function writePolicy(
  description: FamilyDescription, { keyId, keyArn }: Target, phase: GenerationPhase, { kms, clock, log }: Ports,
  mustExist: readonly string[] = [],
): Promise<void> {
  const declared = generationPolicy(description, phase);
  const actual = await readPolicy(keyId, kms);
  if (actual !== undefined && isSamePolicy(actual, declared)) return;
  try {
    await kms.putKeyPolicy(keyId, declared);
  } catch (error) {
    if (!(error instanceof UnknownPrincipal)) throw error;
    const leftOut = await writeWithoutUnknown(declared, actual ?? '{}', description, keyId, kms);
    if (leftOut === undefined) throw error;
    const required = leftOut.filter((arn) => mustExist.includes(arn));
    if (required.length > 0) throw unknownPrincipals(keyArn, required);
    log.warn('principals-left-out', { alias: description.alias, keyArn, phase, principals: leftOut.join(', ') });
    log.measure({
      namespace: METRIC_NAMESPACE,
      dimensions: { [ALIAS_DIMENSION]: description.alias },
      values: { [FamilyMetric.PRINCIPALS_LEFT_OUT]: leftOut.length },
      at: clock.now(),
    });
  }
}

/**
 * Returns the principals that were left out. Undefined if the policy was refused for another reason.
 *
 * A principal that the policy of the key names by its ARN exists, so it stays. The others have no access now, so no
 * principal loses access while they are tried one after the other.
 */
async function writeWithoutUnknown(
  declared: string, actual: string, { roles }: FamilyDescription, keyId: string, kms: KeyFamilyPort,
): Promise<string[] | undefined> {
  const doubtful = comparePolicies(actual, declared, roles).missing.filter((arn) => mayBeLeftOut(arn, roles));
  const others = principalsOf(declared).filter((arn) => mayBeLeftOut(arn, roles) && !doubtful.includes(arn));
  // KMS may still show the ARN of principals that were deleted a moment ago: of one of them, or of several.
  for (const candidates of [doubtful, ...others.map((arn) => [...doubtful, arn]), [...doubtful, ...others]]) {
    if (candidates.length === 0 || !await isAccepted(declared, candidates, keyId, kms)) continue;
    return narrow(declared, candidates, keyId, kms);
  }
  return undefined;
}

/** Adds the candidates again, one after the other, and returns those that KMS does not know. */
async function narrow(declared: string, candidates: readonly string[], keyId: string, kms: KeyFamilyPort): Promise<string[]> {
  let leftOut = [...candidates];
  if (leftOut.length === 1) return leftOut;
  for (const candidate of candidates) {
    const fewer = leftOut.filter((arn) => arn !== candidate);
    if (fewer.length > 0 && await isAccepted(declared, fewer, keyId, kms)) leftOut = fewer;
  }
  return leftOut;
}

async function isAccepted(declared: string, leftOut: readonly string[], keyId: string, kms: KeyFamilyPort): Promise<boolean> {
  try {
    await kms.putKeyPolicy(keyId, withoutPrincipals(declared, (arn) => leftOut.includes(arn)));
    return true;
  } catch (error) {
    if (error instanceof UnknownPrincipal) return false;
    throw error;
  }
}

/** Undefined if this role may not read it: the key policy may be that of another owner. */
async function readPolicy(keyId: string, kms: KeyFamilyPort): Promise<string | undefined> {
  try {
    return await kms.getKeyPolicy(keyId);
  } catch (error) {
    if (Failure.named(error, ErrorName.ACCESS_DENIED)) return undefined;
    throw error;
  }
}

function unknownPrincipals(where: string, principals: readonly string[]): Failure {
  return new Failure(ErrorName.KEY_NOT_READY, {
    where,
    what: 'a declared principal does not exist',
    given: principals.join(', '),
    allowed: 'principals that exist',
    remedy: 'correct or create it, then deploy again; KMS knows a new principal a minute after its creation',
  });
}
