import type { App, Stack } from 'aws-cdk-lib';
import { keyIn } from './a-template';
import type { ExplainedKey } from '../../../cli/explain/explain';
import { LedgerStack } from '../../../examples/ledger/ledger-stack';
import { OrdersByokStack } from '../../../examples/orders-byok/orders-byok-stack';
import { synthesize } from '../../../local/cloudformation/synthesize';

const keyOf = (build: (app: App) => Stack) => keyIn(JSON.stringify(synthesize(build).template));
const readable = (access: ExplainedKey['access']) =>
  access.map(({ principal, operations, conditions }) => [principal.replace(/[0-9A-F]{8}$/, ''), ...operations, ...conditions]);
describe('the examples', () => {
  test('examples/ledger: a key with imported key material', () => {
    const { type, aliases, notes, access } = keyOf((app) => new LedgerStack(app, 'Ledger'));
    expect({ type, aliases, notes }).toEqual({ type: 'AWS::KMS::Key', aliases: ['alias/ledger'], notes: [] });
    expect(readable(access)).toEqual([
      ['this account (IAM)', 'IAM policies of this account decide'],
      [
        'Security',
        'revokes and retires grants (RevokeGrant)',
        'changes the key policy',
        'schedules deletion',
        'cancels deletion',
        'imports key material',
        'deletes key material',
        'rotates (RotateKeyOnDemand)',
        'manages aliases',
        'tags',
        'administers',
        'reads metadata',
      ],
      [
        'LedgerService',
        'encrypts',
        'generates data keys',
        'decrypts',
        're-encrypts from',
        're-encrypts to',
        'reads metadata (DescribeKey)',
      ],
      [
        'KmsKeyMaterialImporterRole',
        'imports key material (ImportKeyMaterial)',
        'rotates (RotateKeyOnDemand)',
        'reads metadata (DescribeKey, ListKeyRotations)',
      ],
      [
        'KmsKeyMaterialImporterRole',
        'imports key material (GetParametersForImport)',
        'StringEquals kms:WrappingAlgorithm = RSAES_OAEP_SHA_256',
        'StringEquals kms:WrappingKeySpec = RSA_4096',
      ],
    ]);
  });

  test('examples/orders-byok: the policy of a rotating key is read from the text of its family', () => {
    const { type, aliases, notes, access } = keyOf((app) => new OrdersByokStack(app, 'Orders'));
    expect({ type, aliases }).toEqual({ type: 'Custom::RotatingKey', aliases: ['alias/orders'] });
    expect(notes).toEqual([expect.stringContaining('Every generation has this policy, and Deny statements')]);
    expect(readable(access.filter(({ source }) => source === 'key policy'))).toEqual([
      ['this account (IAM)', 'IAM policies of this account decide'],
      [
        'Security',
        'revokes and retires grants (RevokeGrant)',
        'changes the key policy',
        'cancels deletion',
        'imports key material',
        'rotates',
        'tags',
        'administers',
        'reads metadata',
      ],
      ['Service', 'encrypts', 'generates data keys', 'decrypts', 're-encrypts from', 're-encrypts to', 'reads metadata (DescribeKey)'],
      [
        'KeyFunctionsControlRole',
        'changes the key policy',
        'schedules deletion',
        'cancels deletion',
        'manages aliases',
        'tags (TagResource)',
        'administers',
        'reads metadata (DescribeKey, GetKeyPolicy, ListResourceTags, ListGrants, GetKeyLastUsage)',
      ],
      ['KeyFunctionsControlRole', 'encrypts', 'StringEquals kms:EncryptionContext:cdk-kms-lifecycle:purpose = canary'],
      ['KeyFunctionsControlRole', 'imports key material (ImportKeyMaterial)', 'reads metadata (ListKeyRotations)'],
      [
        'KeyFunctionsControlRole',
        'imports key material (GetParametersForImport)',
        'StringEquals kms:WrappingAlgorithm = RSAES_OAEP_SHA_256',
        'StringEquals kms:WrappingKeySpec = RSA_4096',
      ],
      ['KeyFunctionsWorkerRole', 're-encrypts from', 're-encrypts to'],
      [
        'KeyFunctionsRetirementRole',
        'schedules deletion',
        'cancels deletion',
        'tags (TagResource)',
        'administers (EnableKey, DisableKey)',
        'reads metadata (DescribeKey, ListResourceTags, GetKeyLastUsage)',
      ],
      ['KeyFunctionsRetirementRole', 'encrypts', 'StringEquals kms:EncryptionContext:cdk-kms-lifecycle:purpose = watch-probe'],
    ]);
  });

  test('identity policies of the control role are listed too, without the statements that do not apply to the key', () => {
    const { access } = keyOf((app) => new OrdersByokStack(app, 'Orders'));
    const byIam = access.filter(({ source }) => source !== 'key policy');
    const anyKey = 'for every key that matches arn:<partition>:kms:<region>:<account>:key/*';
    const listed = readable(byIam);
    // The statements by which a role that was created again recovers its access apply to generations, by their tags.
    expect(listed.map((columns) => columns.slice(0, columns.indexOf(anyKey) + 1))).toEqual([
      ['KeyFunctionsControlRole', 'tags (TagResource)', anyKey],
      ['KeyFunctionsControlRole', 'reads metadata (ListResourceTags)', anyKey],
      ['KeyFunctionsControlRole', 'cancels deletion', 'reads metadata (DescribeKey)', anyKey],
      ['KeyFunctionsControlRole', 'changes the key policy', 'reads metadata (DescribeKey, GetKeyPolicy)', anyKey],
    ]);
    for (const { source } of byIam) expect(source).toMatch(/^identity policy KeyFunctionsControlRole\w+$/);
  });
});
