import { Duration, Fn, type Stack } from 'aws-cdk-lib';
import type { ImportedMaterialKeyProps } from '../../../src/index';
import { WrappingAlgorithm } from '../../../src/index';
import { anImportedKey, aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

function complaints(props: Partial<ImportedMaterialKeyProps>): string {
  anImportedKey(stack, props);
  return complaintsOf(stack);
}

test.each(['orders', 'alias/orders', 'alias/orders/2026_Q4-a', `alias/${'x'.repeat(250)}`])('the alias %s is accepted', (alias) => {
  expect(complaints({ alias })).toBe('');
});

test.each([
  [
    'alias/orders:v2',
    'alias: name is not valid in KMS, got "alias/orders:v2"; allowed: letters, digits, / _ and -, at least one; choose another name',
  ],
  ['alias/', 'alias: name is empty, got "alias/"'],
  ['', 'alias: name is empty, got ""'],
  ['my orders', 'alias: name is not valid in KMS, got "my orders"'],
  [
    'aws/orders',
    'alias: name is reserved for AWS managed keys, got "aws/orders"; allowed: a name that does not begin with alias/aws/; choose another name',
  ],
  [`alias/${'x'.repeat(251)}`, 'alias: name is too long, got 257 characters; allowed: at most 256, alias/ included; choose a shorter name'],
])('the alias %s is refused', (alias, complaint) => {
  expect(complaints({ alias })).toContain(complaint);
});

test('an alias that is a token is used unchanged', () => {
  const key = anImportedKey(stack, { alias: Fn.importValue('alias') });
  expect(stack.resolve(key.aliasName)).toEqual({ 'Fn::ImportValue': 'alias' });
  expect(complaintsOf(stack)).toBe('');
});

test.each([
  [
    'RSAES_PKCS1_V1_5',
    'wrappingAlgorithm: KMS has not accepted this algorithm since October 2023, because its padding can be attacked, got RSAES_PKCS1_V1_5; ' +
      'allowed: WrappingAlgorithm.RSAES_OAEP_SHA_256, WrappingAlgorithm.RSAES_OAEP_SHA_1; use WrappingAlgorithm.RSAES_OAEP_SHA_256',
  ],
  ['RSA_AES_KEY_WRAP_SHA_256', 'wrappingAlgorithm: this algorithm is for RSA and elliptic curve private keys, and the key is symmetric'],
  ['RSA_AES_KEY_WRAP_SHA_1', 'wrappingAlgorithm: this algorithm is for RSA and elliptic curve private keys'],
  ['ROT13', 'wrappingAlgorithm: algorithm is not supported for symmetric key material, got ROT13'],
])('wrapping with %s is refused with the reason', (name, complaint) => {
  expect(complaints({ wrappingAlgorithm: name as WrappingAlgorithm })).toContain(complaint);
});

test.each([[7], [30]])('a pending window of %i days is accepted', (days) => {
  expect(complaints({ pendingWindow: Duration.days(days) })).toBe('');
});

test.each([[6], [31]])('a pending window of %i days is refused', (days) => {
  expect(complaints({ pendingWindow: Duration.days(days) })).toContain(
    `pendingWindow: period is out of range, got ${days} days; allowed: 7 days to 30 days`,
  );
});

test('all problems are reported together, each with its property', () => {
  const complaint = complaints({
    alias: 'a b',
    pendingWindow: Duration.days(1),
    wrappingAlgorithm: 'RSAES_PKCS1_V1_5' as WrappingAlgorithm,
  });
  expect(complaint.match(/\[Stack\/Key\] (alias|pendingWindow|wrappingAlgorithm): /g)).toHaveLength(3);
});
