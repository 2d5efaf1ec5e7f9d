import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** cdk-nag finding in a resource of this library, and the reason to accept it. */
export interface AcceptedFinding {
  /** The resource type of the finding. */
  readonly resourceType: string | string[];
  /** The rules, with their ids in the packs AwsSolutions and NIST 800-53 R5. */
  readonly rules: string[];
  /**
   * A regular expression between slashes for the finding ids. Optional, because most rules report one
   * finding per resource.
   */
  readonly only?: string;
  /** One sentence for the readers of the report. */
  readonly reason: string;
}

/**
 * Records accepted findings in the metadata of resources, so that cdk-nag reports only the resources of the user's app.
 *
 * cdk-nag 2 reads this metadata. cdk-nag 3 uses `Validations` of the CDK, which the oldest CDK version that this
 * library supports lacks.
 *
 * @param scope The scope of the resources. Resources that are created later are not included.
 * @param findings The accepted findings.
 */
export function acceptFindings(scope: IConstruct, ...findings: AcceptedFinding[]): void {
  for (const resource of scope.node.findAll().filter((construct) => CfnResource.isCfnResource(construct))) {
    const rules = findings.filter(({ resourceType }) => [resourceType].flat().includes(resource.cfnResourceType)).flatMap(rulesToSuppress);
    if (rules.length > 0) resource.addMetadata('cdk_nag', { rules_to_suppress: [...acceptedBefore(resource), ...rules] });
  }
}

interface RuleToSuppress {
  readonly id: string;
  readonly applies_to?: { readonly regex: string }[];
  readonly reason: string;
}

function rulesToSuppress({ rules, only, reason }: AcceptedFinding): RuleToSuppress[] {
  return rules.map((id) => ({ id, ...only !== undefined && { applies_to: [{ regex: only }] }, reason }));
}

function acceptedBefore(resource: CfnResource): RuleToSuppress[] {
  const before = resource.getMetadata('cdk_nag') as { readonly rules_to_suppress: RuleToSuppress[] } | undefined;
  return before?.rules_to_suppress ?? [];
}

/** For a role and its inline policies. */
export const RIGHTS_OF_ONE_ROLE: AcceptedFinding = {
  resourceType: ['AWS::IAM::Role', 'AWS::IAM::Policy'],
  rules: ['NIST.800.53.R5-IAMNoInlinePolicy'],
  reason: 'These permissions are for this role only and are deleted with it; a managed policy could be attached to another principal.',
};

/** For a log group that this library creates. */
export const LOG_READABLE_WITHOUT_A_KEY: AcceptedFinding = {
  resourceType: 'AWS::Logs::LogGroup',
  rules: ['NIST.800.53.R5-CloudWatchLogGroupEncrypted'],
  reason: 'The log contains neither key material nor data, and must stay readable in every state of every KMS key.',
};

/** For an evidence bucket that this library creates. */
export const OWN_EVIDENCE_BUCKET: AcceptedFinding[] = [
  {
    resourceType: 'AWS::S3::Bucket',
    rules: ['NIST.800.53.R5-S3DefaultEncryptionKMS'],
    reason: 'Evidence about keys contains no data, and must stay readable in every state of every KMS key.',
  },
  {
    resourceType: 'AWS::S3::Bucket',
    rules: ['AwsSolutions-S1', 'NIST.800.53.R5-S3BucketLoggingEnabled', 'NIST.800.53.R5-S3BucketReplicationEnabled'],
    reason: 'Access logs and replicas need additional buckets; pass an evidenceBucket that uses them if you have these buckets.',
  },
];

/** For every function of this library. */
export const FUNCTION_IN_THE_ACCOUNT_POOL: AcceptedFinding = {
  resourceType: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaConcurrency'],
  reason: 'Reserved concurrency would reduce the concurrency of all other functions of the account, also while this function is idle.',
};

/** For a function without a VPC. */
export const FUNCTION_OUTSIDE_A_NETWORK: AcceptedFinding = {
  resourceType: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaInsideVPC'],
  reason: 'It calls only AWS services over TLS, and nothing in a VPC of the account.',
};

/** For a function behind a custom resource, which CloudFormation invokes asynchronously. */
export const NO_DEAD_LETTERS_OF_DEPLOYMENTS: AcceptedFinding = {
  resourceType: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaDLQ'],
  reason: 'CloudFormation detects a missing response; a queue would store requests with presigned URLs, which allow any reader to respond.',
};

/** For the function that only state machines call. */
export const NO_DEAD_LETTERS_WHERE_CALLERS_WAIT: AcceptedFinding = {
  resourceType: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaDLQ'],
  reason: 'State machines wait for its response and retry; no invocation is ever queued.',
};

/** For the function that also receives the events of the watch. */
export const NO_DEAD_LETTERS_OF_THE_WATCH: AcceptedFinding = {
  resourceType: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaDLQ'],
  reason: 'State machines wait for its response; watch events that could not be recorded stay in their queue and are delivered again.',
};

/** For the queue of the watch. */
export const NO_DEAD_LETTERS_OF_THE_WATCH_QUEUE: AcceptedFinding = {
  resourceType: 'AWS::SQS::Queue',
  rules: ['AwsSolutions-SQS3'],
  reason: 'A message that cannot be recorded is delivered again for 14 days; an event without the required fields is logged and deleted.',
};

/** For a function in a VPC. */
export const LAMBDA_NETWORK_INTERFACES: AcceptedFinding = {
  resourceType: 'AWS::IAM::Role',
  rules: ['AwsSolutions-IAM4'],
  only: '/:policy\\/service-role\\/AWSLambdaENIManagementAccess$/',
  reason: 'This AWS managed policy allows only what the network interfaces of a function need.',
};

/**
 * For a role that writes to a log group of the user. The name of that log group may be literal, before the wildcard.
 */
export const STREAMS_OF_THE_LOG: AcceptedFinding = {
  resourceType: 'AWS::IAM::Role',
  rules: ['AwsSolutions-IAM5'],
  only: '/:log-group:.+:\\*$/',
  reason: 'Log streams are named at run time; the role can write only to streams of this log group.',
};

/** For a role that reads or writes evidence. */
export const EVIDENCE_BY_ITS_AREA: AcceptedFinding = {
  resourceType: 'AWS::IAM::Role',
  rules: ['AwsSolutions-IAM5'],
  only: '/\\/(runs|watch|certificates|adoptions|stores|generations|deployments)\\/\\*$/',
  reason: 'Evidence objects are named at run time; the role can access only the prefixes of the bucket that it needs.',
};

/** For the role that creates generations. */
export const KEYS_CREATED_AT_RUN_TIME: AcceptedFinding[] = [
  {
    resourceType: 'AWS::IAM::Role',
    rules: ['AwsSolutions-IAM5'],
    only: '/^Resource::\\*$/',
    reason: 'kms:CreateKey, kms:ListKeys and kms:ListAliases support no resource ARN; created keys must have the tag of this family.',
  },
  {
    resourceType: 'AWS::IAM::Role',
    rules: ['AwsSolutions-IAM5'],
    only: '/:key\\/\\*$/',
    reason: 'Key ids are known at run time; it can read the tags of every key, and all else requires the tag or an alias of this family.',
  },
  {
    resourceType: 'AWS::IAM::Role',
    rules: ['AwsSolutions-IAM5'],
    only: '/:alias\\/.+\\/\\*$/',
    reason: 'The aliases of generations begin with the alias of this family, and their numbers are known at run time.',
  },
];

/** For the role that lists generations. */
export const LISTS_ALIASES: AcceptedFinding = {
  resourceType: 'AWS::IAM::Role',
  rules: ['AwsSolutions-IAM5'],
  only: '/^Resource::\\*$/',
  reason: 'kms:ListAliases supports no resource ARN, so the resource must be a wildcard.',
};

/** For a state machine, its role, and the policy for its executions. */
export const STATE_MACHINE: AcceptedFinding[] = [
  {
    resourceType: 'AWS::StepFunctions::StateMachine',
    rules: ['AwsSolutions-SF1'],
    reason: 'Failures are logged; all other steps are in the execution history, and their results in the evidence.',
  },
  {
    resourceType: 'AWS::StepFunctions::StateMachine',
    rules: ['AwsSolutions-SF2'],
    reason: 'The execution history contains the duration of each step; a trace would add nothing, and needs permissions on all resources.',
  },
  {
    resourceType: 'AWS::IAM::Role',
    rules: ['AwsSolutions-IAM5'],
    only: '/^Resource::\\*$/',
    reason: 'Actions on log deliveries support no resource ARN, so the resource must be a wildcard.',
  },
  {
    resourceType: 'AWS::IAM::Policy',
    rules: ['AwsSolutions-IAM5'],
    only: '/:execution:.+:\\*$/',
    reason: 'Executions are named at run time; the state machine can access only its own.',
  },
];

/** For a key with imported key material. */
export const ROTATES_ONLY_BY_IMPORT: AcceptedFinding = {
  resourceType: 'AWS::KMS::Key',
  rules: ['AwsSolutions-KMS5', 'NIST.800.53.R5-KMSBackingKeyRotationEnabled'],
  reason: 'AWS KMS cannot rotate imported key material automatically: the key rotates when its owner imports new key material.',
};
