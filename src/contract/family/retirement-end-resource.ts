/** The CloudFormation resource type that ends the retirement of a family when its stack is deleted. */
export const RETIREMENT_END_RESOURCE_TYPE = 'Custom::RetirementEnd';

/** Resource properties, and the decoded request to its handler. */
export interface RetirementEndProperties {
  /** The alias of the family. */
  readonly Alias: string;
  /** The owner whose retirement ends. */
  readonly Owner: string;
}
