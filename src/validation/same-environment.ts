import { Reference, Stack, Token, TokenComparison, Tokenization, type ResourceEnvironment } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { describeProblem } from '../contract/problem';

/** A resource to which requests are sent from one account and Region only. */
export interface LocalResource {
  /** The construct path and the property that names the resource. */
  readonly where: string;
  /** The resource in the error: `table`. */
  readonly what: string;
  readonly arn: string;
  /** The account and Region of its construct. Optional: without a construct, only the ARN is compared. */
  readonly env?: Partial<ResourceEnvironment>;
}

/**
 * Reports a resource of another account or Region than the scope. Empty if it is in the same ones, or if that is known
 * only during deployment.
 *
 * The construct and the ARN are both compared: a resource from `fromTableArn` has the environment of its stack,
 * whatever its ARN says.
 */
export function environmentProblems(scope: IConstruct, resource: LocalResource): string[] {
  const own = Stack.of(scope);
  return [
    ...placeProblems(resource, 'Region', own.region, placesOf(scope, resource, 'region')),
    ...placeProblems(resource, 'account', own.account, placesOf(scope, resource, 'account')),
  ];
}

/**
 * The same, as an error at once: the CDK resolves references between Regions and accounts before it validates, and its
 * own error would name neither the property nor the remedy.
 */
export function requireSameEnvironment(scope: IConstruct, ...resources: readonly LocalResource[]): void {
  const problems = resources.flatMap((resource) => environmentProblems(scope, resource));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function placeProblems({ where, what }: LocalResource, place: 'Region' | 'account', own: string, places: readonly string[]): string[] {
  const other = places.find((each) => isElsewhere(own, each));
  if (other === undefined) return [];
  return [describeProblem({
    where,
    what: `${what} is in another ${place} than the stack that uses it`,
    given: named(other, place),
    allowed: named(own, place),
    remedy: `declare this construct in a stack of that ${place}, or set the same ${place.toLowerCase()} in env of both stacks`,
  })];
}

/** The place of the construct, and that of the ARN: as written in it, or of the resources to which it refers. */
function placesOf(scope: IConstruct, { arn, env }: LocalResource, place: keyof ResourceEnvironment): string[] {
  const written = placeInArn(arn, place);
  const referred = written === undefined ? stacksIn(scope, arn).map((stack) => stack[place]) : [written];
  return env?.[place] === undefined ? referred : [env[place], ...referred];
}

/** A part of an ARN that is known only during deployment is a token, which compares as unknown. */
function placeInArn(arn: string, place: keyof ResourceEnvironment): string | undefined {
  if (!arn.startsWith('arn:')) return undefined;
  const [, , , region, account] = arn.split(':');
  const given = place === 'region' ? region : account;
  return given === '' ? undefined : given;
}

/** The stacks of the resources to which a text refers. */
function stacksIn(scope: IConstruct, text: string): Stack[] {
  const { tokens } = Tokenization.reverseString(text);
  const stacks = tokens.filter((token) => Reference.isReference(token)).map(({ target }) => Stack.of(target));
  return stacks.filter((stack) => stack !== Stack.of(scope));
}

/**
 * Two places that are unknown are the same: the CDK treats stacks without `env` so. Of a known and an unknown one
 * nothing can be said, and the deployment decides.
 */
export function isElsewhere(own: string, other: string): boolean {
  return Token.compareStrings(own, other) === TokenComparison.DIFFERENT;
}

function named(place: string, kind: 'Region' | 'account'): string {
  return Token.isUnresolved(place) ? `a ${kind} that is known only during deployment` : place;
}
