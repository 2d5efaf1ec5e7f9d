import type { Tags } from '../../ports/keys';

const PURPOSE = 'cdk-kms-lifecycle:purpose';
const FAMILY = 'cdk-kms-lifecycle:family';
const WATCH_PROBE = 'watch-probe';

/** Encryption context of watch probes. CloudTrail records it, so that each family recognizes its own probes. */
export function probeContext(alias: string): Tags {
  return { [PURPOSE]: WATCH_PROBE, [FAMILY]: alias };
}

export function isProbeContext(context: { readonly [name: string]: unknown }, alias: string): boolean {
  return context[PURPOSE] === WATCH_PROBE && context[FAMILY] === alias;
}
