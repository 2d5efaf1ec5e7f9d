import { Stack, Stage, Token, TokenComparison } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { describeProblem, type Problem } from '../contract/problem';

/** A key that may have replicas, as far as that decides where they can be. */
export interface Primary {
  readonly key: Construct;
  readonly multiRegion: boolean;
  /** Those that it has already. */
  readonly replicas: readonly Construct[];
}

/**
 * Why a primary cannot have this replica.
 *
 * Source: "Create multi-Region replica keys", AWS KMS developer guide.
 */
export function replicaProblems(replica: Construct, { key, multiRegion, replicas }: Primary): string[] {
  return [
    ...(multiRegion ? [] : [{
      what: 'only a multi-Region key has replicas, and this primary is none',
      given: key.node.path,
      remedy: 'give the primary multiRegion: true, which only a new key can have',
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
    what: 'primary and replica are in one account',
    given: `${known(own.account)} for the replica`,
    allowed: `${known(account)}, as the primary`,
    remedy: 'give both stacks the same account in env; let other accounts use the key by otherAccounts',
  }];
}

/** What depends on Regions is told only when both are known. */
function regionProblems(replica: Construct, key: Construct, replicas: readonly Construct[]): PlacementProblem[] {
  const [own, primary] = [Stack.of(replica), Stack.of(key)];
  const nowhere = [...new Set([own, primary])].filter(({ region }) => Token.isUnresolved(region));
  if (nowhere.length > 0) {
    return nowhere.map((stack) => ({
      what: 'Regions of primary and replica have to be known at synthesis',
      given: `none for stack ${stack.node.path}`,
      remedy: 'give that stack a region in env',
    }));
  }
  if (own.region === primary.region) {
    return [{
      what: 'a replica is in another Region than its primary',
      given: `${own.region} for both`,
      remedy: 'make it in a stack of another Region, or give the primary one more alias instead',
    }];
  }
  const other = replicas.find((each) => Stack.of(each).region === own.region);
  return [
    ...(other === undefined ? [] : [{
      what: 'a primary has one replica in a Region',
      given: `${own.region}, where ${other.node.path} is`,
      remedy: 'use that replica; it takes more aliases',
    }]),
    // The CDK keeps this where no other way leads to it, and would complain itself only when everything else has been declared.
    ...(own._crossRegionReferences ? [] : [{
      what: 'the stack of a replica refers to its primary in another Region, which it is not allowed',
      given: `stack ${own.node.path}`,
      remedy: 'give that stack crossRegionReferences: true',
    }]),
  ];
}

function stageProblems(replica: Construct, key: Construct): PlacementProblem[] {
  const [own, primary] = [Stage.of(replica), Stage.of(key)];
  if (own === primary) return [];
  return [{
    what: 'primary and replica are in one stage, since stages do not refer to one another',
    given: `${own?.node.path || 'the app itself'} for the replica, ${primary?.node.path || 'the app itself'} for the primary`,
    remedy: 'make stacks of both Regions in one stage',
  }];
}

function known(account: string): string {
  return Token.isUnresolved(account) ? 'an account known only when deploying' : account;
}
