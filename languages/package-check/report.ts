import type { PackageReport } from './check-package';

/** The report for people. */
export function reportLines({ packed, installations, problems }: PackageReport): string[] {
  return [
    `${packed.files.length} files, ${kilobytes(packed.bytes)} packed, ${kilobytes(packed.bytesUnpacked)} unpacked`,
    ...installations.map(({ versions, resourceTypes, codeAssets, explainedKeys, seconds }) =>
      `beside aws-cdk-lib ${versions.cdk} and constructs ${versions.constructs}: types checked, ${resourceTypes.size} resources and ${codeAssets} assets `
      + `synthesized, ${explainedKeys.length} keys explained, local KMS answers; ${seconds.toFixed(0)} s`),
    ...problems,
    problems.length === 0 ? 'The package is as its users need it.' : `${problems.length} problems`,
  ];
}

/** The report for programs. */
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
