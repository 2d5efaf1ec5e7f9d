import { describeProblem, type Problem } from '../problem';

/** A property that CloudFormation delivered cannot be what the construct wrote. */
export class UnusableProperty extends Error {
  public constructor(public readonly problem: Problem) {
    super(describeProblem(problem));
  }
}
