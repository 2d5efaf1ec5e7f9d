import type { Tags } from '../../ports';

const PURPOSE = 'cdk-kms-lifecycle:purpose';
const FAMILY = 'cdk-kms-lifecycle:family';

/** The encryption context of echoes: CloudTrail shows it, so that each family knows its own. */
export function echoContext(alias: string): Tags {
  return { [PURPOSE]: 'echo', [FAMILY]: alias };
}

export function isEchoContext(context: { readonly [name: string]: unknown }, alias: string): boolean {
  return context[PURPOSE] === 'echo' && context[FAMILY] === alias;
}
