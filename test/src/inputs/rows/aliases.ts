import { Aws, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CustomerManagedKey, ImportedMaterialKey, KeyMaterialSource, RotatingKey } from '../../../../src/index';
import { aSecret } from '../../../support/a-stack';
import type { Input } from '../input';

const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const FROM_KEY_ARN = 'pass the name of an alias, or use CustomerManagedKey.fromKeyArn for a key that exists';
const NAME = 'allowed: a name, such as alias/orders';

/** Everything that takes an alias, and where its error is. */
const CONSTRUCTS: readonly (readonly [where: string, build: (stack: Stack, alias: string) => unknown])[] = [
  ['[Stack/Key] alias', (stack, alias) => new CustomerManagedKey(stack, 'Key', { alias })],
  ['[Stack/Imported] alias', (stack, alias) => new ImportedMaterialKey(stack, 'Imported', { alias, material: KeyMaterialSource.secret(aSecret(stack)) })],
  ['[Stack/Rotating] alias', (stack, alias) => new RotatingKey(stack, 'Rotating', { alias })],
  ['[Stack/Existing] alias', (stack, alias) => CustomerManagedKey.fromAliasName(stack, 'Existing', alias)],
  ['[Stack/Family] alias', (stack, alias) => RotatingKey.fromAliasName(stack, 'Family', alias)],
  ['Stack/Key, addAlias, aliasName', (stack, alias) => new CustomerManagedKey(stack, 'Key', { alias: 'first' }).addAlias(alias)],
  ['[Other/Replica] alias', (stack, alias) => {
    const key = new CustomerManagedKey(stack, 'Key', { alias: 'first', multiRegion: true });
    const other = new Stack(stack.node.root as Stack, 'Other', { env: { account: stack.account, region: 'us-east-1' }, crossRegionReferences: true });
    return key.addReplica(other, 'Replica', { alias });
  }],
];

/** What is no name of an alias, and what the error reports of it. */
const MISTAKEN: readonly (readonly [name: string, alias: string | ((stack: Stack) => string), problem: string])[] = [
  ['the ARN of an alias', 'arn:aws:kms:eu-central-1:111122223333:alias/orders/eu',
    `ARN is given instead of a name, got "arn:aws:kms:eu-central-1:111122223333:alias/orders/eu"; ${NAME}; use alias/orders/eu`],
  ['the ARN of a key', `arn:aws:kms:eu-central-1:111122223333:key/${ID}`,
    `ARN is given instead of a name, got "arn:aws:kms:eu-central-1:111122223333:key/${ID}"; ${NAME}; ${FROM_KEY_ARN}`],
  ['the prefix and an ARN', 'alias/arn:aws:kms:eu-central-1:111122223333:alias/orders',
    `ARN is given instead of a name, got "alias/arn:aws:kms:eu-central-1:111122223333:alias/orders"; ${NAME}; use alias/orders`],
  ['the ARN of a key of the app', (stack) => new kms.Key(stack, 'Plain').keyArn, `ARN is given instead of a name, got the ARN of a resource; ${NAME}; ${FROM_KEY_ARN}`],
  ['an ARN with tokens', () => `arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:alias/orders`, 'ARN is given instead of a name, got the ARN of a resource'],
  ['the id of a key', ID, `id of a key is given instead of a name, got "${ID}"; ${NAME}; ${FROM_KEY_ARN}`],
  ['the id of a multi-Region key', `mrk-${'0a'.repeat(16)}`, `id of a key is given instead of a name, got "mrk-${'0a'.repeat(16)}"`],
  ['nothing', '', `name is empty, got ""; ${NAME}; choose a name`],
  ['the prefix', 'alias/', `name is empty, got "alias/"; ${NAME}; choose a name`],
  ['a capital prefix', 'Alias/orders', 'prefix has capital letters, got "Alias/orders"; allowed: alias/ once, in small letters, or no prefix; use alias/orders'],
  ['two prefixes', 'alias/Alias/orders', 'name has the prefix twice, got "alias/Alias/orders"; allowed: alias/ once, in small letters, or no prefix; use alias/orders'],
  ['spaces', ' orders', 'name is not valid in KMS, got " orders"; allowed: letters, digits, / _ and -, at least one; choose another name'],
  ['an alias of AWS', 'aws/s3', 'name is reserved for AWS managed keys, got "aws/s3"; allowed: a name that does not begin with alias/aws/'],
];

export const ALIAS_INPUTS: readonly Input[] = CONSTRUCTS.flatMap(([where, build]) => [
  ...MISTAKEN.map(([name, alias, problem]): Input => ({
    name: `${name} in ${where}`, build: (stack) => build(stack, typeof alias === 'string' ? alias : alias(stack)), refused: `${where}: ${problem}`,
  })),
  { name: `an alias like the id of a key, with the prefix, in ${where}`, build: (stack) => build(stack, `alias/${ID}`) },
]);
