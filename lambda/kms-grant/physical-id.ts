/** One grant on one key: all that it takes to end it, whatever CloudFormation still knows of its properties. */
export interface StandingGrant {
  readonly keyArn: string;
  readonly grantId: string;
}

/** The physical id of a grant. Another grant has another one, so that CloudFormation ends the old one when the new one stands. */
export function physicalIdOf({ keyArn, grantId }: StandingGrant): string {
  return `${keyArn}/${grantId}`;
}

/** Reads a physical id back. None of ours: CloudFormation made it up for a Create whose answer it never heard. */
export function grantOfPhysicalId(physicalId: string): StandingGrant | undefined {
  const [, keyArn, grantId] = /^(arn:.+:key\/[^/]+)\/([^/]+)$/.exec(physicalId) ?? [];
  return keyArn === undefined || grantId === undefined ? undefined : { keyArn, grantId };
}
