import { App, CfnCondition, CfnParameter, Fn, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CustomerManagedKey, RotatingKey } from '../../../../src/index';
import { aCustomerManagedKey } from '../../../support/a-customer-managed-key';
import { aRotatingKey } from '../../../support/a-rotating-key';
import { aStack, anImportedKey, complaintsOf } from '../../../support/a-stack';

const ENV = { account: '111122223333', region: 'eu-central-1' };

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const another = (id: string, env: { readonly account?: string; readonly region?: string } | undefined = ENV) =>
  new Stack(stack.node.root as App, id, { env });
const aPlainAlias = (of: Stack, aliasName: string, id = 'Plain') =>
  new kms.Alias(of, id, { aliasName, targetKey: new kms.Key(of, `${id}Key`) });

describe('the same alias twice is refused, and the error names both constructs', () => {
  test.each<[string, (of: Stack) => unknown]>([
    ['of two keys', (of) => aCustomerManagedKey(of, {}, 'Other')],
    ['of a key with imported key material', (of) => anImportedKey(of, {}, 'Other')],
    ['of a rotating key', (of) => aRotatingKey(of, {}, 'Other')],
    ['of an alias that was added', (of) => aCustomerManagedKey(of, { alias: 'alias/x' }, 'Other').addAlias('orders')],
    ['of an alias that was added to an existing key', (of) =>
      CustomerManagedKey.fromKeyArn(of, 'Other', 'arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555')
        .addAlias('alias/orders')],
    ['of an alias of the CDK', (of) => aPlainAlias(of, 'alias/orders', 'Other')],
    ['of a key in a nested stack', (of) => aCustomerManagedKey(new NestedStack(of, 'Nested'), {}, 'Other')],
    ['of a key in another stack of the same account and Region', () => aCustomerManagedKey(another('Second'), {}, 'Other')],
    ['of a key in a stage of the same account and Region', (of) =>
      aCustomerManagedKey(new Stack(new Stage(of.node.root, 'Prod', { env: ENV }), 'Second'), {}, 'Other')],
  ])('%s', (_, build) => {
    aCustomerManagedKey(stack);
    build(stack);
    expect(complaintsOf(stack)).toMatch(
      /alias: two constructs of this app create the same alias, .*, got alias\/orders here, alias\/orders.* of [\w/]+; choose another name/);
    expect(complaintsOf(stack)).toMatch(/Other/);
  });

  test('of two rotating keys', () => {
    aRotatingKey(stack);
    aRotatingKey(stack, { stores: [] }, 'Other');
    expect(complaintsOf(stack)).toContain('got alias/orders and alias/orders/g<number> here, alias/orders and alias/orders/g<number> of Stack/Other/');
  });

  test('if both are the same token', () => {
    const alias = new CfnParameter(stack, 'Alias').valueAsString;
    aCustomerManagedKey(stack, { alias });
    aCustomerManagedKey(stack, { alias }, 'Other');
    expect(complaintsOf(stack)).toContain('got the same token here, the same token of Stack/Other/Alias');
  });
});

describe('the aliases of generations belong to the rotating key', () => {
  test.each(['g0', 'g1', 'g42'])('orders/%s of another key is refused', (name) => {
    aRotatingKey(stack);
    aCustomerManagedKey(stack, { alias: `alias/orders/${name}` }, 'Other');
    expect(complaintsOf(stack)).toContain(`got alias/orders/${name} here, alias/orders and alias/orders/g<number> of Stack/Key/`);
  });

  test.each(['archive', 'g', 'gold', 'g1/x', 'g01', 'g1a'])('orders/%s of another key is accepted', (name) => {
    aRotatingKey(stack);
    aCustomerManagedKey(stack, { alias: `alias/orders/${name}` }, 'Other');
    expect(complaintsOf(stack)).toBe('');
  });

  test('an alias like that of a generation is accepted if no rotating key of the app has the name', () => {
    aRotatingKey(stack, { alias: 'alias/order' });
    aCustomerManagedKey(stack, { alias: 'alias/orders/g1' }, 'Other');
    expect(complaintsOf(stack)).toBe('');
  });
});

describe('the same alias twice is accepted', () => {
  test.each<[string, () => unknown]>([
    ['in another Region', () => aCustomerManagedKey(another('Second', { ...ENV, region: 'eu-west-1' }))],
    ['in another account', () => aCustomerManagedKey(another('Second', { ...ENV, account: '444455556666' }))],
    ['if one only refers to it', () => RotatingKey.fromAliasName(stack, 'Reference', 'alias/orders')],
    ['if one is created under a condition', () => {
      const alias = aPlainAlias(stack, 'alias/orders').node.defaultChild as kms.CfnAlias;
      alias.cfnOptions.condition = new CfnCondition(stack, 'Condition', { expression: Fn.conditionEquals('a', 'b') });
    }],
  ])('%s', (_, build) => {
    aCustomerManagedKey(stack);
    build();
    expect(complaintsOf(stack)).toBe('');
  });

  test('with a warning, if the environment of two stacks is unknown', () => {
    const app = new App({ analyticsReporting: false });
    const [one, other] = [new Stack(app, 'One'), new Stack(app, 'Two')];
    aCustomerManagedKey(one);
    aCustomerManagedKey(other);
    expect(complaintsOf(one)).toBe('');
    Annotations.fromStack(one).hasWarning('*', Match.stringLikeRegexp('alias/orders of Two/Key/Alias.*ack: cdk-kms-lifecycle:alias-twice'));
  });

  test('without a warning, if stages separate two stacks whose environment is unknown', () => {
    const app = new App({ analyticsReporting: false });
    const [one, other] = ['Dev', 'Prod'].map((id) => new Stack(new Stage(app, id), 'Stack')) as [Stack, Stack];
    aCustomerManagedKey(one);
    aCustomerManagedKey(other);
    expect(complaintsOf(one)).toBe('');
    Annotations.fromStack(one).hasNoWarning('*', Match.anyValue());
  });
});

describe('names that KMS accepts and no application finds', () => {
  test.each([
    ['Alias/orders', 'prefix has capital letters, got "Alias/orders"; allowed: alias/ once, in small letters, or no prefix; use alias/orders'],
    ['ALIAS/orders', 'prefix has capital letters'],
    ['alias/alias/orders', 'name has the prefix twice, got "alias/alias/orders"'],
    ['orders//archive', 'name has an empty part between, before or after slashes, got "orders//archive"'],
    ['alias/orders/', 'name has an empty part between, before or after slashes, got "alias/orders/"'],
    ['/orders', 'name has an empty part between, before or after slashes, got "/orders"'],
  ])('%s is refused for every construct', (alias, complaint) => {
    aCustomerManagedKey(stack, { alias });
    expect(complaintsOf(stack)).toContain(complaint);
    const ofAnImportedKey = aStack();
    anImportedKey(ofAnImportedKey, { alias });
    expect(complaintsOf(ofAnImportedKey)).toContain(complaint);
    const ofAFamily = aStack();
    aRotatingKey(ofAFamily, { alias });
    expect(complaintsOf(ofAFamily)).toContain(complaint);
    expect(() => aCustomerManagedKey(aStack()).addAlias(alias)).toThrow(complaint);
  });

  test.each(['aliases/orders', 'orders/alias/archive', 'orders/eu'])('%s is accepted', (alias) => {
    aCustomerManagedKey(stack, { alias });
    expect(complaintsOf(stack)).toBe('');
  });
});

describe('an alias that is added', () => {
  test('is refused a second time', () => {
    const key = aCustomerManagedKey(stack);
    key.addAlias('alias/archive');
    expect(() => key.addAlias('alias/archive')).toThrow('Stack/Key, addAlias, aliasName: was already added to this key, got alias/archive; add it once');
  });

  test('can be a token', () => {
    aCustomerManagedKey(stack).addAlias(new CfnParameter(stack, 'Name').valueAsString);
    expect(complaintsOf(stack)).toBe('');
  });
});
