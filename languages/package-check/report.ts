import type { PackageReport } from './check-package';

/** The report as text for a terminal. */
export function reportLines({ packed, installations, problems }: PackageReport): string[] {
  return [
    `${packed.files.length} files, ${kilobytes(packed.bytes)} packed, ${kilobytes(packed.bytesUnpacked)} unpacked`,
    ...installations.map(({ versions, resourceTypes, codeAssets, explainedKeys, seconds }) =>
      `with aws-cdk-lib ${versions.cdk} and constructs ${versions.constructs}: types checked, `
      + `${resourceTypes.size} resources and ${codeAssets} assets synthesized, ${explainedKeys.length} keys explained, `
      + `local KMS responds; ${seconds.toFixed(0)} s`),
    ...problems,
    problems.length === 0 ? 'no problems' : `${problems.length} problems`,
  ];
}

/** The report as one object, for scripts. */
export function reportObject({ packed, installations, problems }: PackageReport): object {
  return {
    files: packed.files.length,
    bytes: packed.bytes,
    bytesUnpacked: packed.bytesUnpacked,
    installations: installations.map(({ resourceTypes, ...installation }) => ({ ...installation, resources: resourceTypes.size })),
    problems,
  };
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000).toLocaleString('en-US')} kB`;
}
