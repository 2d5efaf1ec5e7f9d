import { ACCOUNT, mayCall } from './policy-evaluator';

const LOGS = 'logs.eu-central-1.amazonaws.com';
const CONTEXT_KEY = 'aws:logs:arn';
const logGroup = (name: string, region = 'eu-central-1', account = ACCOUNT) => `arn:aws:logs:${region}:${account}:log-group:${name}`;

/** Whether a condition on an encryption context allows a call with this value, or without a value. */
function holds(operator: string, expected: unknown, given?: string): Promise<boolean> {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: LOGS },
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: { [operator]: { [`kms:EncryptionContext:${CONTEXT_KEY}`]: expected } },
  };
  return mayCall({
    principalArn: LOGS,
    action: 'kms:Decrypt',
    keyPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    ...(given !== undefined && { encryptionContext: { [CONTEXT_KEY]: given } }),
  });
}

/** The same condition on a condition key that the evaluator knows, to compare both implementations. */
function holdsForSource(operator: string, expected: unknown, given: string): Promise<boolean> {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: LOGS },
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: { [operator]: { 'aws:SourceArn': expected } },
  };
  const keyPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  return mayCall({ principalArn: LOGS, action: 'kms:Decrypt', keyPolicy, context: { 'aws:SourceArn': given } });
}

const ARN_CASES: [what: string, pattern: string, arn: string, matches: boolean][] = [
  ['the same ARN', logGroup('/orders/api'), logGroup('/orders/api'), true],
  ['another name', logGroup('/orders/api'), logGroup('/orders/api2'), false],
  ['a name in another case', logGroup('/orders/api'), logGroup('/Orders/api'), false],
  ['any end of the name', logGroup('/orders/*'), logGroup('/orders/web'), true],
  ['any end of the name, colons among it', logGroup('/orders/*'), logGroup('/orders/web:*'), true],
  ['one character of the name', logGroup('/orders/ap?'), logGroup('/orders/api'), true],
  ['one character that is not there', logGroup('/orders/api?'), logGroup('/orders/api'), false],
  ['any Region', logGroup('/orders/api', '*'), logGroup('/orders/api', 'us-east-1'), true],
  [
    'any Region, with what looks like the account behind it',
    logGroup('/orders/api', '*'),
    logGroup('/orders/api', 'us-east-1:999999999999:log-group:x'),
    false,
  ],
  ['a wildcard for several parts', 'arn:aws:logs:*:log-group:/orders/api', logGroup('/orders/api'), false],
  ['a dot, which stands for itself', logGroup('/orders.api'), logGroup('/orders-api'), false],
];

describe.each(['ArnLike', 'ArnEquals'])('%s', (operator) => {
  test.each(ARN_CASES)('matches part by part: %s', async (_, pattern, arn, matches) => {
    expect(await holds(operator, pattern, arn)).toBe(matches);
    expect(await holdsForSource(operator, pattern, arn)).toBe(matches);
  });

  test('never holds for a value that is missing in the call', async () => {
    expect(await holds(operator, '*')).toBe(false);
    expect(await holds(operator, logGroup('*'))).toBe(false);
  });
});

test('a wildcard of StringLike matches any characters, across parts', async () => {
  const across = 'arn:aws:logs:*:log-group:/orders/api';
  expect(await holds('StringLike', across, logGroup('/orders/api'))).toBe(true);
  expect(await holdsForSource('StringLike', across, logGroup('/orders/api'))).toBe(true);
  expect(await holds('StringLike', '*')).toBe(false);
});

test('StringEquals takes a wildcard literally', async () => {
  expect(await holds('StringEquals', logGroup('*'), logGroup('/orders/api'))).toBe(false);
  expect(await holds('StringEquals', [logGroup('/web'), logGroup('/orders/api')], logGroup('/orders/api'))).toBe(true);
});

test.each<[unknown]>([['false'], [false]])('Null with %p requires a value', async (expected) => {
  expect(await holds('Null', expected, 'anything')).toBe(true);
  expect(await holds('Null', expected)).toBe(false);
});

test('Null with true requires that there is no value', async () => {
  expect(await holds('Null', 'true', 'anything')).toBe(false);
  expect(await holds('Null', 'true')).toBe(true);
});

test('an unsupported operator is an error', async () => {
  await expect(holds('StringNotLike', '*', 'anything')).rejects.toThrow(
    'operator on an encryption context is not one that is known here: StringNotLike',
  );
});
