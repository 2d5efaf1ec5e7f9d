import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What cdk-nag finds in a resource of this library, and why the resource is meant to be like that. */
export interface AcceptedFinding {
  /** The type of resource that it is about. */
  readonly about: string | string[];
  /** The rules, as the packs AwsSolutions and NIST 800-53 R5 name them. */
  readonly rules: string[];
  /** Which findings of a rule that finds several in one resource, as a regular expression between slashes. Absent: the rule finds one. */
  readonly only?: string;
  /** One sentence for whoever reads the report. */
  readonly reason: string;
}

/**
 * Says in the metadata of resources that a finding is accepted, so that whoever runs cdk-nag over his app hears of his own resources only.
 *
 * cdk-nag 2 reads it there. cdk-nag 3 asks `Validations` of the CDK, which the oldest CDK that this library works with does not have.
 *
 * @param scope Where the resources stand: every one below it that the findings are about, if it has been made by now.
 * @param findings What is accepted.
 */
export function acceptFindings(scope: IConstruct, ...findings: AcceptedFinding[]): void {
  for (const resource of scope.node.findAll().filter((construct) => CfnResource.isCfnResource(construct))) {
    const rules = findings.filter(({ about }) => [about].flat().includes(resource.cfnResourceType)).flatMap(rulesToSuppress);
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

/** Of a role, and of policies attached to it. */
export const RIGHTS_OF_ONE_ROLE: AcceptedFinding = {
  about: ['AWS::IAM::Role', 'AWS::IAM::Policy'],
  rules: ['NIST.800.53.R5-IAMNoInlinePolicy'],
  reason: 'These rights are for this role alone and go with it; as a managed policy they could be attached to somebody else.',
};

/** Of a log group that nobody has handed in. */
export const LOG_READABLE_WITHOUT_A_KEY: AcceptedFinding = {
  about: 'AWS::Logs::LogGroup',
  rules: ['NIST.800.53.R5-CloudWatchLogGroupEncrypted'],
  reason: 'The log holds neither key material nor data, and has to be readable whatever becomes of a KMS key.',
};

/** Of the evidence bucket that nobody has handed in. */
export const OWN_EVIDENCE_BUCKET: AcceptedFinding[] = [
  {
    about: 'AWS::S3::Bucket',
    rules: ['NIST.800.53.R5-S3DefaultEncryptionKMS'],
    reason: 'Evidence about keys holds no data, and has to be readable whatever becomes of a KMS key.',
  },
  {
    about: 'AWS::S3::Bucket',
    rules: ['AwsSolutions-S1', 'NIST.800.53.R5-S3BucketLoggingEnabled', 'NIST.800.53.R5-S3BucketReplicationEnabled'],
    reason: 'Access logs and replicas need buckets of their own; whoever has these hands in an evidenceBucket that uses them.',
  },
];

/** Of every function of ours. */
export const FUNCTION_IN_THE_ACCOUNT_POOL: AcceptedFinding = {
  about: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaConcurrency'],
  reason: 'Reserved concurrency would be taken away from all other functions of the account, also while this one has nothing to do.',
};

/** Of a function for which no network was handed in. */
export const FUNCTION_OUTSIDE_A_NETWORK: AcceptedFinding = {
  about: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaInsideVPC'],
  reason: 'It calls AWS services over TLS, and nothing that stands in a network of the account.',
};

/** Of a function behind a custom resource, which CloudFormation calls without waiting. */
export const NO_DEAD_LETTERS_OF_DEPLOYMENTS: AcceptedFinding = {
  about: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaDLQ'],
  reason: 'CloudFormation notices when no answer comes; a queue would keep its requests, whose presigned URLs let anybody answer them.',
};

/** Of the function that state machines alone call. */
export const NO_DEAD_LETTERS_WHERE_CALLERS_WAIT: AcceptedFinding = {
  about: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaDLQ'],
  reason: 'State machines wait for its answer and ask again themselves; no call of it is ever queued.',
};

/** Of the function that the watch calls, too. */
export const NO_DEAD_LETTERS_OF_THE_WATCH: AcceptedFinding = {
  about: 'AWS::Lambda::Function',
  rules: ['NIST.800.53.R5-LambdaDLQ'],
  reason: 'State machines wait for its answer; an event of the watch that failed three times shows in the metric Errors, where alarms see it.',
};

/** Of a function in a network that was handed in. */
export const NETWORK_INTERFACES_AS_LAMBDA_WANTS_THEM: AcceptedFinding = {
  about: 'AWS::IAM::Role',
  rules: ['AwsSolutions-IAM4'],
  only: '/:policy\\/service-role\\/AWSLambdaENIManagementAccess$/',
  reason: 'AWS keeps this policy as narrow as the network interfaces of a function allow, and it has nothing else in it.',
};

/** Of a role that writes to a log group that was handed in: one with a name of its own, rather than a reference, stands before a wildcard. */
export const STREAMS_OF_THE_LOG: AcceptedFinding = {
  about: 'AWS::IAM::Role',
  rules: ['AwsSolutions-IAM5'],
  only: '/:log-group:.+:\\*$/',
  reason: 'Streams of a log group are named at run time; the role reaches those of this one, and of no other.',
};

/** Of a role that reads or leaves evidence. */
export const EVIDENCE_BY_ITS_AREA: AcceptedFinding = {
  about: 'AWS::IAM::Role',
  rules: ['AwsSolutions-IAM5'],
  only: '/\\/(runs|watch|certificates)\\/\\*$/',
  reason: 'Objects of evidence are named at run time; the role reaches those areas of the bucket that it works on, and no others.',
};

/** Of the role that makes generations. */
export const KEYS_THAT_ARE_NOT_THERE_YET: AcceptedFinding[] = [
  {
    about: 'AWS::IAM::Role',
    rules: ['AwsSolutions-IAM5'],
    only: '/^Resource::\\*$/',
    reason: 'kms:CreateKey, kms:ListKeys and kms:ListAliases have no resource that a policy could name; keys are made under the tag of this family only.',
  },
  {
    about: 'AWS::IAM::Role',
    rules: ['AwsSolutions-IAM5'],
    only: '/:key\\/\\*$/',
    reason: 'Ids of keys are known at run time; it reads tags of any, and all else is bound to the tag or the aliases of this family.',
  },
  {
    about: 'AWS::IAM::Role',
    rules: ['AwsSolutions-IAM5'],
    only: '/:alias\\/.+\\/\\*$/',
    reason: 'Generations are named by aliases below the one of this family, and their numbers are known at run time.',
  },
];

/** Of the role that looks for generations. */
export const LISTS_ALIASES: AcceptedFinding = {
  about: 'AWS::IAM::Role',
  rules: ['AwsSolutions-IAM5'],
  only: '/^Resource::\\*$/',
  reason: 'kms:ListAliases has no resource that a policy could name.',
};

/** Of a state machine, its role, and the policy for its own executions. */
export const STATE_MACHINE: AcceptedFinding[] = [
  {
    about: 'AWS::StepFunctions::StateMachine',
    rules: ['AwsSolutions-SF1'],
    reason: 'Failures are logged; all other steps stand in the history of the execution, and what came of them in the evidence.',
  },
  {
    about: 'AWS::StepFunctions::StateMachine',
    rules: ['AwsSolutions-SF2'],
    reason: 'The history of an execution tells how long each step took; a trace would tell nothing more, and needs rights on all resources.',
  },
  {
    about: 'AWS::IAM::Role',
    rules: ['AwsSolutions-IAM5'],
    only: '/^Resource::\\*$/',
    reason: 'Log deliveries have no resource that a policy could name.',
  },
  {
    about: 'AWS::IAM::Policy',
    rules: ['AwsSolutions-IAM5'],
    only: '/:execution:.+:\\*$/',
    reason: 'Executions are named at run time; the machine reaches its own, and those of no other.',
  },
];

/** Of a key with imported material. */
export const ROTATES_WHEN_BYTES_ARE_BROUGHT: AcceptedFinding = {
  about: 'AWS::KMS::Key',
  rules: ['AwsSolutions-KMS5', 'NIST.800.53.R5-KMSBackingKeyRotationEnabled'],
  reason: 'AWS KMS makes no new material for a key with imported material: it rotates when its owner brings new bytes.',
};
