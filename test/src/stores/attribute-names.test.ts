import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ContextValue } from '../../../src/index';
import { aRotatingKey, aStore } from '../../support/a-rotating-key';
import { aStack } from '../../support/a-stack';

const warningsOf = (options: Parameters<typeof aStore>[1]) => {
  const stack = aStack();
  aRotatingKey(stack, { stores: [aStore(stack, options)] });
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('attribute-expression')).map(({ entry }) => String(entry.data));
};

describe('an attribute that looks like an expression of DynamoDB is accepted with a warning', () => {
  test.each<[string, Parameters<typeof aStore>[1], string]>([
    ['a path in a map', { dataKeyAttribute: 'keys.dataKey' }, 'dataKeyAttribute'],
    ['an element of a list', { dataKeyAttribute: 'keys[0]' }, 'dataKeyAttribute'],
    ['a placeholder of a name', { keyIdAttribute: '#keyId' }, 'keyIdAttribute'],
    ['a placeholder of a value', { keyIdAttribute: ':keyId' }, 'keyIdAttribute'],
    ['a path in a context', { encryptionContext: { tenant: ContextValue.attribute('owner.tenant') } }, 'encryptionContext'],
    ['a path in a former context', { formerEncryptionContexts: [{ tenant: ContextValue.attribute('owner.tenant') }] }, 'formerEncryptionContexts\\[0\\]'],
  ])('%s', (_, options, property) => {
    expect(warningsOf(options)).toEqual([expect.stringMatching(
      new RegExp(`^store \\w+, ${property}: attribute looks like a path .+, got ".+"; allowed: .+; store the data key in an attribute of its own, or acknowledge`))]);
  });

  test.each(['dataKey', 'data key', 'data-key', 'data_key#1', 'schlüssel', 'a:b'])('and not %s', (dataKeyAttribute) => {
    expect(warningsOf({ dataKeyAttribute })).toEqual([]);
  });
});
