import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type Construct } from 'constructs';
import { acceptFindings, OWN_EVIDENCE_BUCKET } from '../../compliance/accepted-findings';
import { describeProblem } from '../../contract/problem';

/** The kinds of evidence: the first part of the object keys in the bucket. */
export type EvidenceArea = 'runs' | 'watch' | 'certificates';

/** A private, versioned bucket that is retained when the stack is deleted. */
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

/** Reports why the bucket cannot hold evidence. Empty if it can, or if that is unknown in this app. */
export function evidenceProblems(bucket: s3.IBucket): string[] {
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
