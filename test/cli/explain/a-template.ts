import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain, type ExplainedKey } from '../../../cli/explain/explain';
import { parseTemplate } from '../../../cli/explain/template';

const ROOT = join(__dirname, '../../..');
export const FILE = 'Orders.template.json';
export const ROLE_ARN = { 'Fn::GetAtt': ['Service', 'Arn'] };
export const KEY_ARN = { 'Fn::GetAtt': ['Key', 'Arn'] };
export const ANY_KEY = { 'Fn::Sub': 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*' };
export const DELEGATED_TO_IAM = { Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } }, Action: 'kms:*', Resource: '*' };

/** A template with one key, its alias, and the resources of the test. */
export function aTemplate(resources: object = {}, keyPolicy: unknown = { Statement: [DELEGATED_TO_IAM] }): string {
  return JSON.stringify({
    Resources: {
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: keyPolicy } },
      Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/orders', TargetKeyId: { Ref: 'Key' } } },
      Service: { Type: 'AWS::IAM::Role' },
      ...resources,
    },
  });
}

export function anIdentityPolicy(statement: object, properties: object = { Roles: [{ Ref: 'Service' }] }): object {
  return {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', ...statement }] }, ...properties },
  };
}

export function keyIn(template: string): ExplainedKey {
  const { keys } = explain(FILE, [{ template: parseTemplate(FILE, template) }]);
  expect(keys).toHaveLength(1);
  return keys[0]!;
}

/** A folder for the files of a test, which is deleted after it. */
export function aFolder(): { readonly path: string; file(name: string, text: string): string } {
  let path = '';
  beforeAll(() => path = mkdtempSync(join(tmpdir(), 'explain-')));
  afterAll(() => rmSync(path, { recursive: true }));
  return {
    get path() {
      return path;
    },
    file: (name, text) => {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
  };
}

/** Runs the command line. */
export function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
