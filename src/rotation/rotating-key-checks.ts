import { Annotations, Duration, Stack, type CfnResource } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { familyAccessProblems } from './family/family-access-problems';
import { familySizeProblems, type FamilySize } from './family/family-size';
import { type BoundMaterial } from './family/generation-material';
import { rotatingKeyProblems } from './rotating-key-problems';
import { type RotatingKeySettings } from './rotating-key-settings';
import { FamilyLimits } from './values/family-limits';
import { describeProblem } from '../contract/problem';
import { aliasOwnerProblems } from '../key/alias/alias-owners';
import { type BoundStore } from '../stores/binding/bound-store';

/** The parts of a rotating key that are checked. */
export interface CheckedParts {
  /** The resource that owns the family. */
  readonly resource: CfnResource;
  readonly settings: RotatingKeySettings;
  readonly stores: readonly BoundStore[];
  readonly evidence: s3.IBucket;
  /** The tags of every generation, once the whole app is built. */
  readonly tags: () => { readonly [name: string]: string };
  /** The declared key policy. Grants extend it until the app is synthesized. */
  readonly policy: iam.PolicyDocument;
  readonly material: BoundMaterial;
  readonly size: FamilySize;
}

/** Reports all problems of a rotating key when the app is synthesized, and warns if it has no store. */
export function checkAtSynthesis(scope: Construct, { resource, policy, material, tags, size, ...parts }: CheckedParts): void {
  const policyText = () => JSON.stringify(Stack.of(scope).resolve(policy));
  scope.node.addValidation({
    validate: () => [
      ...aliasOwnerProblems(resource),
      ...rotatingKeyProblems({ ...parts, tags: tags(), policyText: policyText() }),
      ...familyAccessProblems(scope, parts.settings),
      ...material.problems,
      ...familySizeProblems(scope, size),
    ],
  });
  if (parts.stores.length === 0) warnOfNoStores(scope, parts.settings);
  warnOfManyGenerations(scope, parts.settings);
}

/** A retirement waits while a rotation is due, so old generations are retired late, or never. */
function warnOfManyGenerations(scope: Construct, { schedule, deletion }: RotatingKeySettings): void {
  const seconds = schedule._everySeconds();
  const shortest = FamilyLimits.SHORTEST_USUAL_PERIOD;
  if (deletion === undefined || seconds === undefined || seconds >= shortest.toSeconds()) return;
  Annotations.of(scope).addWarningV2('cdk-kms-lifecycle:many-generations', describeProblem({
    where: 'schedule',
    what: 'rotations are so frequent that old generations are retired late, or never, and each costs as much as a key',
    given: Duration.seconds(seconds).toHumanString(),
    allowed: `at least ${shortest.toDays()} days`,
    remedy: 'choose a longer period, such as Duration.days(90)',
  }));
}

function warnOfNoStores(scope: Construct, { deletion }: RotatingKeySettings): void {
  Annotations.of(scope).addWarningV2('cdk-kms-lifecycle:no-stores', describeProblem({
    where: 'stores',
    what: 'no store is declared, so a rotation re-encrypts nothing, and data keys stay encrypted under old generations'
      + (deletion === undefined ? '' : '; nothing is retired, so deletion has no effect'),
    remedy: 'declare each store of data keys, with DataKeyStore',
  }));
}
