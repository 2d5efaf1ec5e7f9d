import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root';

/** Which AWS CDK the package is used with. */
export interface Versions {
  readonly cdk: string;
  readonly constructs: string;
}

interface PackageJson {
  readonly peerDependencies: { readonly 'aws-cdk-lib': string; readonly 'constructs': string };
  readonly devDependencies: { readonly '@types/node': string };
}

const { peerDependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as PackageJson;

/** The newest that the package says it works with. */
export const NEWEST: Versions = { cdk: peerDependencies['aws-cdk-lib'], constructs: peerDependencies.constructs };

/** The oldest. */
export const MINIMUM: Versions = { cdk: NEWEST.cdk.replace('^', ''), constructs: NEWEST.constructs.replace('^', '') };

/**
 * What one app is compared with in all languages.
 *
 * It is not the minimum: the Go and .NET packages of aws-cdk-lib up to 2.238.0 do not compile beside constructs 10.5.0.
 *
 * @see https://github.com/aws/aws-cdk/issues/37041
 */
export const IN_EVERY_LANGUAGE: Versions = { cdk: '2.240.0', constructs: MINIMUM.constructs };

/** What programs in TypeScript know Node.js by. */
export const NODE_TYPES = devDependencies['@types/node'];
