/** One grant on one key: enough to end it without its properties. */
export interface ExistingGrant {
  readonly keyArn: string;
  readonly grantId: string;
}

/**
 * The physical id of a grant. Another grant has another one, so that CloudFormation deletes the old one after the new
 * one exists.
 */
export function physicalIdOf({ keyArn, grantId }: ExistingGrant): string {
  return `${keyArn}/${grantId}`;
}

/** Reads a physical id back. Undefined: CloudFormation generated the id for a Create without a response. */
export function grantOfPhysicalId(physicalId: string): ExistingGrant | undefined {
  const [, keyArn, grantId] = /^(arn:.+:key\/[^/]+)\/([^/]+)$/.exec(physicalId) ?? [];
  return keyArn === undefined || grantId === undefined ? undefined : { keyArn, grantId };
}
