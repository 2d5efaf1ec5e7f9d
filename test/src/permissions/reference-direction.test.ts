import { App, NestedStack, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { CustomerManagedKey, KeyPosture, RotatingKey, type CustomerManagedKeyProps } from '../../../src/index';
import { aRole, aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
let nested: NestedStack;
beforeEach(() => {
  stack = aStack();
  nested = new NestedStack(stack, 'Nested');
});

const security = (scope: Construct) => iam.Role.fromRoleName(scope, 'Security', 'security');
const keyIn = (scope: Stack, props: Partial<CustomerManagedKeyProps> = {}) => new CustomerManagedKey(scope, 'Key', {
  alias: 'orders', posture: KeyPosture.keyPolicyOnly(), administrators: [security(scope)], ...props,
});
const another = (id: string) => new Stack(stack.node.root as App, id, { env: { account: stack.account, region: stack.region } });

describe('if only the key policy decides, a key may name', () => {
  test.each<[string, () => iam.Grant]>([
    ['a role of the parent of its nested stack', () => keyIn(nested).grantDecrypt(aRole(stack, 'Reader'))],
    ['a role of a nested stack of its own stack', () => keyIn(stack).grantDecrypt(aRole(nested, 'Reader'))],
    ['a role of another nested stack of its parent', () => keyIn(nested).grantDecrypt(aRole(new NestedStack(stack, 'Other'), 'Reader'))],
    ['a role of a stack on which its parent depends', () => {
      const first = another('First');
      stack.addDependency(first);
      return keyIn(nested).grantDecrypt(aRole(first, 'Reader'));
    }],
    ['a role of a nested stack of a stack on which its own depends', () => {
      const first = another('First');
      stack.addDependency(first);
      return keyIn(stack).grantDecrypt(aRole(new NestedStack(first, 'Part'), 'Reader'));
    }],
  ])('%s', (_, grant) => {
    expect(grant().resourceStatements).toHaveLength(1);
    expect(complaintsOf(stack)).toBe('');
  });

  test('the deployment role of its nested stack, which is the one of the parent', () => {
    const key = keyIn(nested);
    expect(key.node.validate()).toEqual([]);
    expect(JSON.stringify(nested.resolve((key.node.defaultChild as unknown as { keyPolicy: unknown }).keyPolicy))).toContain('cfn-exec-role');
    expect(complaintsOf(stack)).toBe('');
  });
});

describe('if only the key policy decides, a key may not name a role of a stack that is deployed later', () => {
  const PROBLEM = 'only the key policy decides, and it would make the stack of the key depend on the stack of the grantee, got Later/Reader; ';

  test('and the remedies can be done: the stacks are independent', () => {
    const reader = aRole(another('Later'), 'Reader');
    const key = keyIn(nested);
    expect(() => key.grantDecrypt(reader)).toThrow(
      `Stack/Nested/Key: ${PROBLEM}deploy that stack first (keyStack.addDependency(thatStack)), pass iam.Role.fromRoleName for a role with a ` +
        'fixed name, or use KeyPosture.iamDelegated()',
    );
    nested.addDependency(Stack.of(reader));
    expect(key.grantDecrypt(reader).success).toBe(true);
    expect(complaintsOf(stack)).toBe('');
  });

  test('and a dependency in the other direction is no remedy if that stack already depends on this one', () => {
    const later = another('Later');
    later.addDependency(stack);
    expect(() => keyIn(stack).grantDecrypt(aRole(later, 'Reader'))).toThrow(
      `Stack/Key: ${PROBLEM}pass iam.Role.fromRoleName for a role with a fixed name, or use KeyPosture.iamDelegated()`,
    );
  });

  test('also if the role has conditions', () => {
    const reader = new iam.PrincipalWithConditions(aRole(another('Later'), 'Reader'), { Bool: { 'aws:SecureTransport': 'true' } });
    expect(() => keyIn(stack).grantDecrypt(reader)).toThrow(PROBLEM);
  });
});

test('a rotating key of a nested stack names a role of the parent in its key policies', () => {
  const { resourceStatements, principalStatements } = new RotatingKey(nested, 'Key', { alias: 'orders' }).grantDecrypt(aRole(stack, 'Reader'));
  expect([resourceStatements.length, principalStatements.length]).toEqual([1, 0]);
  expect(complaintsOf(stack)).toBe('');
});
