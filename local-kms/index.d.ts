// The types of the published module `cdk-kms-lifecycle/local-kms`: its source is local/kms/index.ts, both are
// built from there.
export * from './types/local/kms/index';
