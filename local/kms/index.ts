/**
 * The public interface of the local KMS: for tests that run one in their own process or control one in another process.
 */
export type { AuditRecord, CallSelection } from './service/audit/audit-log';
export type { CloudTrailRecord } from './service/audit/cloud-trail';
export type { AllowedByGrant, AuthorizationRequest, Authorizer, Decision, Denial } from './authorization/authorizer';
export type { Policies } from './authorization/policies';
export type { Principals } from './protocol/principals';
export { UnconditionalDenyAuthorizer } from './authorization/unconditional-deny-authorizer';
export { VirtualClock } from './model/time/clock';
export type { Delays } from './service/control/delays';
export { LocalKmsControl } from './service/control/local-kms-control';
export type { FaultKind, FaultRule } from './service/faults/fault-rule';
export { LocalKms, type LocalKmsOptions } from './local-kms';
export type { QuotaSettings } from './service/quotas/quotas';
export type { Snapshot } from './service/snapshot/snapshot';
