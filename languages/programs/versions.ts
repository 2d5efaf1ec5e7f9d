import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root';

/** Versions of the AWS CDK with which the package is used. */
export interface Versions {
  readonly cdk: string;
  readonly constructs: string;
}

interface PackageJson {
  readonly peerDependencies: { readonly 'aws-cdk-lib': string; readonly 'constructs': string };
  readonly devDependencies: { readonly '@types/node': string };
}

const { peerDependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as PackageJson;

/** The newest versions that `peerDependencies` allows. */
export const NEWEST: Versions = { cdk: peerDependencies['aws-cdk-lib'], constructs: peerDependencies.constructs };

/** The oldest versions that `peerDependencies` allows. */
export const MINIMUM: Versions = { cdk: NEWEST.cdk.replace('^', ''), constructs: NEWEST.constructs.replace('^', '') };

/**
 * Versions with which the app is compared in all languages.
 *
 * They are newer than the minimum, because the Go and .NET packages of aws-cdk-lib up to 2.238.0 do not compile with
 * constructs 10.5.0.
 *
 * @see https://github.com/aws/aws-cdk/issues/37041
 */
export const COMPARED_VERSIONS: Versions = { cdk: '2.240.0', constructs: MINIMUM.constructs };

/** Version of the types of Node.js for programs in TypeScript. */
export const NODE_TYPES = devDependencies['@types/node'];
