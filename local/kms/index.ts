/** What a test needs to run a KMS of its own, in its own process or in another. */
export type { AuditRecord, CallSelection } from './audit/audit-log';
export type { CloudTrailRecord } from './audit/cloud-trail';
export type { AllowedByGrant, AuthorizationRequest, Authorizer, Decision, Denial } from './authorization/authorizer';
export type { Policies, Principals } from './authorization/policies';
export { UnconditionalDenyAuthorizer } from './authorization/unconditional-deny-authorizer';
export { VirtualClock } from './clock';
export type { Delays } from './control/delays';
export { LocalKmsControl } from './control/local-kms-control';
export type { FaultKind, FaultRule } from './faults/fault-rule';
export { LocalKms, type LocalKmsOptions } from './local-kms';
export type { QuotaSettings } from './quotas/quotas';
export type { Snapshot } from './snapshot/snapshot';
