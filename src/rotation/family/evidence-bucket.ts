import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';
import { acceptFindings, OWN_EVIDENCE_BUCKET } from '../../compliance/accepted-findings';
import { describeProblem } from '../../contract/problem';
import { requireSameEnvironment } from '../../validation/same-environment';

/** The kinds of evidence: the first part of the object keys in the bucket. */
export type EvidenceArea = 'runs' | 'watch' | 'certificates' | 'adoptions' | 'stores' | 'generations' | 'deployments';

/**
 * The given bucket, which the functions open in their own Region, or a new one.
 *
 * @param adopts whether the first deployment stores the former state of a key
 */
export function evidenceBucketOf(scope: Construct, given: s3.IBucket | undefined, adopts: boolean): s3.IBucket {
  if (given === undefined) return ownEvidenceBucket(scope, adopts);
  requireSameEnvironment(scope, {
    where: `${scope.node.path}, evidenceBucket`, what: `bucket ${given.node.path}`, arn: given.bucketArn, env: given.env,
  });
  return given;
}

/**
 * A private, versioned bucket that is retained when the stack is deleted. It is deleted only if the deployment that
 * creates it fails, so that a failed first deployment leaves nothing behind. After an adoption it is retained even
 * then: it contains the former key policy, and CloudFormation cannot delete a bucket that is not empty. If it tries
 * that with a bucket into which a run has written, the creation ends as ROLLBACK_FAILED, and `cdk deploy` retains the
 * bucket.
 */
function ownEvidenceBucket(scope: Construct, adopts: boolean): s3.Bucket {
  const bucket = new s3.Bucket(scope, 'Evidence', {
    versioned: true,
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: adopts ? RemovalPolicy.RETAIN : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  acceptFindings(bucket, ...OWN_EVIDENCE_BUCKET);
  return bucket;
}

/** Reports why the bucket cannot hold evidence. Empty if it can, or if that is unknown in this app. */
export function evidenceProblems(bucket: s3.IBucket): string[] {
  return [...keyProblems(bucket), ...expirationProblems(bucket)];
}

/** Without the evidence of a store that was declared before, a generation would be retired that its records need. */
function expirationProblems(bucket: s3.IBucket): string[] {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof s3.CfnBucket)) return [];
  const { rules = [] } = (Stack.of(resource).resolve(resource.lifecycleConfiguration) ?? {}) as { rules?: s3.CfnBucket.RuleProperty[] };
  const expires = rules.some(({ status, expirationInDays, expirationDate, prefix, tagFilters }) => status !== 'Disabled'
    && (expirationInDays ?? expirationDate) !== undefined && tagFilters === undefined && !prefix?.startsWith('runs/'));
  return expires ? [describeProblem({
    where: 'evidenceBucket',
    what: 'objects of the bucket expire, and with them what prevents the deletion of a key whose records are not counted',
    given: `a lifecycle rule of ${bucket.node.path} with an expiration`,
    allowed: 'a rule for noncurrent versions, or with a prefix that begins with runs/',
    remedy: 'restrict the rule, or use another bucket',
  })] : [];
}

function keyProblems(bucket: s3.IBucket): string[] {
  if (bucket.encryptionKey === undefined) return [];
  return [describeProblem({
    where: 'evidenceBucket',
    what: 'bucket is encrypted under a KMS key, and the worker has no permission to decrypt',
    given: bucket.encryptionKey.node.path,
    allowed: 'a bucket with encryption managed by S3',
    remedy: 'use BucketEncryption.S3_MANAGED: evidence about keys contains no data, and must be readable without any KMS key',
  })];
}

/** Allows a role to read and write evidence. */
export function evidenceStatements(
  bucket: s3.IBucket, may: { readonly read: EvidenceArea[]; readonly write: EvidenceArea[] },
): iam.PolicyStatement[] {
  const objects = (areas: EvidenceArea[]) => areas.map((area) => bucket.arnForObjects(`${area}/*`));
  return [
    // Without ListBucket, S3 returns 403 for an object that does not exist. The object keys contain nothing
    // about a record.
    new iam.PolicyStatement({ sid: 'ListsEvidence', actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
    new iam.PolicyStatement({ sid: 'ReadsEvidence', actions: ['s3:GetObject'], resources: objects(may.read) }),
    ...(may.write.length === 0 ? [] : [
      new iam.PolicyStatement({ sid: 'WritesEvidence', actions: ['s3:PutObject'], resources: objects(may.write) }),
    ]),
  ];
}
