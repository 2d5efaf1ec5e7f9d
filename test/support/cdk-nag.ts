import { Aspects, CfnResource, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, type INagLogger, type NagLoggerBaseData, type NagLoggerSuppressedData } from 'cdk-nag';

/** A suppression in the metadata of a resource. */
export interface Suppression {
  readonly resource: string;
  readonly rule: string;
  readonly reason: string;
}

/** The result of cdk-nag for an app. */
export interface NagReport {
  /** The findings without a suppression: path of the resource, and rule. */
  readonly findings: string[];
  /** The suppressions that match a finding. */
  readonly used: Suppression[];
  /** The suppressions that match no finding. */
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
    // A rule that could not be evaluated does not hold, even if its error is suppressed.
    onError: (error) => { findings.push(`${describe(error)} could not be tried: ${error.errorMessage}`); },
    onSuppressedError: (error) => { findings.push(`${describe(error)} could not be tried: ${error.errorMessage}`); },
  };
  const props = { reports: false, additionalLoggers: [logger] };
  Aspects.of(app).add(new AwsSolutionsChecks(props));
  Aspects.of(app).add(new NIST80053R5Checks(props));
  app.synth();

  const suppressions = app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct)).flatMap(suppressionsOf);
  const isUsed = ({ resource, rule, reason }: Suppression): boolean => met.some((finding) =>
    // If a rule has several findings, cdk-nag puts the name of the finding before the reason.
    finding.resource.node.path === resource && finding.ruleId === rule && finding.suppressionReason.endsWith(reason));
  return {
    findings: findings.sort(),
    used: suppressions.filter(isUsed),
    unused: suppressions.filter((suppression) => !isUsed(suppression)),
  };
}

function describe({ resource, ruleId }: NagLoggerBaseData, findingId = ''): string {
  return `${resource.node.path} ${ruleId}${findingId === '' ? '' : `[${findingId}]`}`;
}

function suppressionsOf(resource: CfnResource): Suppression[] {
  const { rules_to_suppress: rules = [] } = (resource.getMetadata('cdk_nag') ?? {}) as {
    rules_to_suppress?: { id: string; reason: string }[];
  };
  return rules.map(({ id, reason }) => ({ resource: resource.node.path, rule: id, reason }));
}
