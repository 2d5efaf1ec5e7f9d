import { Aspects, CfnResource, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, type INagLogger, type NagLoggerBaseData, type NagLoggerSuppressedData } from 'cdk-nag';

/** What the metadata of a resource says to cdk-nag. */
export interface Suppression {
  readonly resource: string;
  readonly rule: string;
  readonly reason: string;
}

/** What cdk-nag says about an app. */
export interface NagReport {
  /** What nobody has accepted: the path of a resource and the rule. */
  readonly findings: string[];
  /** What has been accepted and is really found. */
  readonly used: Suppression[];
  /** What has been accepted and is not found. */
  readonly unused: Suppression[];
}

/** Runs the packs AwsSolutions and NIST 800-53 R5 over everything in an app, as a user's own app would. */
export function runCdkNag(app: App): NagReport {
  const findings: string[] = [];
  const met: NagLoggerSuppressedData[] = [];
  const logger: INagLogger = {
    onCompliance: () => {},
    onNotApplicable: () => {},
    onNonCompliance: (finding) => { findings.push(describe(finding, finding.findingId)); },
    onSuppressed: (finding) => { met.push(finding); },
    // A rule that could not be tried is no rule that holds, whoever has suppressed the error.
    onError: (error) => { findings.push(`${describe(error)} could not be tried: ${error.errorMessage}`); },
    onSuppressedError: (error) => { findings.push(`${describe(error)} could not be tried: ${error.errorMessage}`); },
  };
  const props = { reports: false, additionalLoggers: [logger] };
  Aspects.of(app).add(new AwsSolutionsChecks(props));
  Aspects.of(app).add(new NIST80053R5Checks(props));
  app.synth();

  const suppressions = app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct)).flatMap(suppressionsOf);
  const isUsed = ({ resource, rule, reason }: Suppression): boolean => met.some((finding) =>
    // For one of several findings of a rule, cdk-nag puts the name of the finding before the reason.
    finding.resource.node.path === resource && finding.ruleId === rule && finding.suppressionReason.endsWith(reason));
  return { findings: findings.sort(), used: suppressions.filter(isUsed), unused: suppressions.filter((suppression) => !isUsed(suppression)) };
}

function describe({ resource, ruleId }: NagLoggerBaseData, findingId = ''): string {
  return `${resource.node.path} ${ruleId}${findingId === '' ? '' : `[${findingId}]`}`;
}

function suppressionsOf(resource: CfnResource): Suppression[] {
  const { rules_to_suppress: rules = [] } = (resource.getMetadata('cdk_nag') ?? {}) as { rules_to_suppress?: { id: string; reason: string }[] };
  return rules.map(({ id, reason }) => ({ resource: resource.node.path, rule: id, reason }));
}
