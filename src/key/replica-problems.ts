import { Stack, Stage, Token, TokenComparison } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { describeProblem, type Problem } from '../contract/problem';

/** Properties of a primary that determine where it may have replicas. */
export interface Primary {
  readonly key: Construct;
  readonly multiRegion: boolean;
  /** The existing replicas. */
  readonly replicas: readonly Construct[];
}

/**
 * Reasons for which the primary cannot have this replica.
 *
 * Source: "Create multi-Region replica keys", AWS KMS developer guide.
 */
export function replicaProblems(replica: Construct, { key, multiRegion, replicas }: Primary): string[] {
  return [
    ...(multiRegion ? [] : [{
      what: 'only a multi-Region key has replicas, and this primary is a single-Region key',
      given: key.node.path,
      remedy: 'set multiRegion: true on the primary, which only a new key can have',
    }]),
    ...accountProblems(Stack.of(replica), Stack.of(key)),
    ...regionProblems(replica, key, replicas),
    ...stageProblems(replica, key),
  ].map((problem) => describeProblem({ where: replica.node.path, ...problem }));
}

type PlacementProblem = Omit<Problem, 'where'>;

function accountProblems(own: Stack, { account }: Stack): PlacementProblem[] {
  const comparison = Token.compareStrings(own.account, account);
  if (comparison === TokenComparison.SAME || comparison === TokenComparison.BOTH_UNRESOLVED) return [];
  return [{
    what: 'primary and replica must be in the same account',
    given: `${known(own.account)} for the replica`,
    allowed: `${known(account)}, the account of the primary`,
    remedy: 'set the same account in env of both stacks; give other accounts access by otherAccounts',
  }];
}

/** Checks that depend on the Regions run only if both are known. */
function regionProblems(replica: Construct, key: Construct, replicas: readonly Construct[]): PlacementProblem[] {
  const [own, primary] = [Stack.of(replica), Stack.of(key)];
  const withoutRegion = [...new Set([own, primary])].filter(({ region }) => Token.isUnresolved(region));
  if (withoutRegion.length > 0) {
    return withoutRegion.map((stack) => ({
      what: 'the Regions of primary and replica must be known at synthesis',
      given: `none for stack ${stack.node.path}`,
      remedy: 'set a region in env of that stack',
    }));
  }
  if (own.region === primary.region) {
    return [{
      what: 'a replica must be in another Region than its primary',
      given: `${own.region} for both`,
      remedy: 'create it in a stack of another Region, or add an alias to the primary instead',
    }];
  }
  const other = replicas.find((each) => Stack.of(each).region === own.region);
  return [
    ...(other === undefined ? [] : [{
      what: 'a primary has at most one replica per Region',
      given: `${own.region}, where ${other.node.path} is`,
      remedy: 'use that replica, and add an alias to it',
    }]),
    // The CDK has no public property for this, and its own error would come only at synthesis.
    ...(own._crossRegionReferences ? [] : [{
      what: 'the stack of a replica refers to its primary in another Region, and cross-Region references are disabled for it',
      given: `stack ${own.node.path}`,
      remedy: 'set crossRegionReferences: true on that stack',
    }]),
  ];
}

function stageProblems(replica: Construct, key: Construct): PlacementProblem[] {
  const [own, primary] = [Stage.of(replica), Stage.of(key)];
  if (own === primary) return [];
  return [{
    what: 'primary and replica must be in the same stage, because stages cannot refer to each other',
    given: `${own?.node.path || 'the app itself'} for the replica, ${primary?.node.path || 'the app itself'} for the primary`,
    remedy: 'create the stacks of both Regions in one stage',
  }];
}

function known(account: string): string {
  return Token.isUnresolved(account) ? 'an account that is unknown at synthesis' : account;
}
