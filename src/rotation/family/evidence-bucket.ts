import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';
import { acceptFindings, OWN_EVIDENCE_BUCKET } from '../../compliance/accepted-findings';
import { describeProblem } from '../../contract/problem';

/** What is kept in the bucket, by the first word of its objects' keys. */
export type EvidenceArea = 'runs' | 'watch' | 'certificates';

/** A bucket that outlives the stack, forgets nothing, and shows nothing to anybody who is not allowed to see it. */
export function ownEvidenceBucket(scope: Construct): s3.Bucket {
  const bucket = new s3.Bucket(scope, 'Evidence', {
    versioned: true,
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acceptFindings(bucket, ...OWN_EVIDENCE_BUCKET);
  return bucket;
}

/** Why evidence cannot be kept there; empty when it can, or when that cannot be seen from here. */
export function evidenceProblems(bucket: s3.IBucket): string[] {
  if (bucket.encryptionKey === undefined) return [];
  return [describeProblem({
    where: 'evidenceBucket',
    what: 'bucket is encrypted under a KMS key, which the worker would have to be able to decrypt with',
    given: bucket.encryptionKey.node.path,
    allowed: 'a bucket with encryption managed by S3',
    remedy: 'use BucketEncryption.S3_MANAGED: evidence about keys must be readable whatever becomes of a key, and holds no data',
  })];
}

/** Which evidence a role may read, and which it may leave. */
export function evidenceStatements(
  bucket: s3.IBucket, may: { readonly read: EvidenceArea[]; readonly write: EvidenceArea[] },
): iam.PolicyStatement[] {
  const objects = (areas: EvidenceArea[]) => areas.map((area) => bucket.arnForObjects(`${area}/*`));
  return [
    // Without it S3 says `forbidden` of an object that is not there. The keys of evidence tell nothing about a record.
    new iam.PolicyStatement({ sid: 'SeesWhichEvidenceThereIs', actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
    new iam.PolicyStatement({ sid: 'ReadsEvidence', actions: ['s3:GetObject'], resources: objects(may.read) }),
    ...(may.write.length === 0 ? [] : [new iam.PolicyStatement({ sid: 'LeavesEvidence', actions: ['s3:PutObject'], resources: objects(may.write) })]),
  ];
}
