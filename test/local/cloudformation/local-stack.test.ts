import { LocalStack, type Provisioner, type ResourceToDeploy } from '../../../local/cloudformation/local-stack';
import { inDependencyOrder, type Template, type TemplateResource } from '../../../local/cloudformation/template';

/** The calls of the provisioner, one line each: `create A {"size":1}`. */
let calls: string[];
/** Lines of `calls` that fail. */
let unavailable: string[];
let stack: LocalStack;

/**
 * A resource type whose property `fails` makes its create or update fail. The property `name` is the physical id, so
 * that another name replaces the resource.
 */
const provisioner: Provisioner = {
  create: async (resource) => {
    record('create', resource);
    if (resource.properties.fails === 'create') throw new Error('no room');
    return resolvedOf(resource);
  },
  update: async (resource, before) => {
    record('update', resource, ` from ${JSON.stringify(before.properties)}`);
    if (resource.properties.fails === 'update') throw new Error('no way');
    return resolvedOf(resource);
  },
  delete: async (resource) => {
    perform(`delete ${resource.resolved.ref}`);
  },
};

function record(verb: string, { logicalId, properties }: ResourceToDeploy, more = ''): void {
  perform(`${verb} ${logicalId} ${JSON.stringify(properties)}${more}`);
}

function perform(call: string): void {
  calls.push(call);
  if (unavailable.includes(call)) throw new Error(`${call}: not available`);
}

function resolvedOf({ logicalId, properties: { name = logicalId } }: ResourceToDeploy) {
  return { ref: String(name), attributes: { Arn: `arn:${String(name)}` } };
}

const a = (Properties: TemplateResource['Properties'] = {}, more: Partial<TemplateResource> = {}): TemplateResource =>
  ({ Type: 'Thing', Properties, ...more });
const template = (Resources: Template['Resources']): Template => ({ Resources });

beforeEach(() => {
  calls = [];
  unavailable = [];
  stack = new LocalStack({ stackName: 'Shop', pseudoParameters: { 'AWS::Region': 'eu-central-1' }, provisioners: { Thing: provisioner } });
});

const verbs = () => calls.map((line) => line.split(' ').slice(0, 2).join(' '));

describe('a creation', () => {
  test('creates each resource after those that it refers to by any function, and after those that it depends on', async () => {
    await stack.deploy(template({
      Last: a({ text: { 'Fn::Join': ['-', [{ Ref: 'AWS::Region' }, { 'Fn::GetAtt': ['Middle', 'Arn'] }]] } }),
      Middle: a({ of: [{ 'Fn::Sub': 'x/${First.Arn}/${First}' }] }),
      Dependent: a({}, { DependsOn: ['Last'] }),
      First: a(),
    }));
    expect(calls).toEqual([
      'create First {}',
      'create Middle {"of":["x/arn:First/First"]}',
      'create Last {"text":"eu-central-1-arn:Middle"}',
      'create Dependent {}',
    ]);
  });

  test('resolves Fn::Split and Fn::Select', async () => {
    await stack.deploy(template({ One: a({ part: { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'AWS::Region' }] }] } }) }));
    expect(calls).toEqual(['create One {"part":"central"}']);
  });

  test('of a template with a circular dependency fails before any resource is created', async () => {
    const circular = template({ One: a({ of: { Ref: 'Other' } }), Other: a({}, { DependsOn: 'One' }) });
    await expect(stack.deploy(circular)).rejects.toThrow('circular dependency');
    expect(() => inDependencyOrder(template({ Own: a({ of: { Ref: 'Own' } }) }))).toThrow('circular dependency');
    expect(calls).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['an unsupported intrinsic function', { 'Fn::Base64': 'x' }, 'Fn::Base64'],
    ['an element beyond the end of a list', { 'Fn::Select': [1, ['x']] }, 'list has no element 1'],
    ['Fn::Sub with a list of variables', { 'Fn::Sub': ['${x}', { x: 'y' }] }, 'list of variables is not supported'],
    ['a reference to an undeclared resource', { Ref: 'Undeclared' }, 'Undeclared'],
    ['an attribute that does not exist', { 'Fn::GetAtt': ['First', 'Colour'] }, 'Colour'],
  ])('with %s fails, names the resource, and is rolled back', async (_, value, reason) => {
    const failure = stack.deploy(template({ First: a(), Second: a({ value }, { DependsOn: 'First' }) }));
    await expect(failure).rejects.toThrow(reason);
    await expect(failure).rejects.toThrow('Second (Thing)');
    expect(verbs()).toEqual(['create First', 'delete First']);
  });

  test.each<[string, TemplateResource['DeletionPolicy'], string[]]>([
    ['deletes', 'Delete', ['delete First', 'create First', 'create Second']],
    ['retains', 'RetainExceptOnCreate', ['create First', 'create Second']],
  ])('whose rollback cannot delete a resource ends, and the next one %s that resource first', async (_, DeletionPolicy, expected) => {
    const withSecond = (properties: object) => template({ First: a({}, { DeletionPolicy }), Second: a({ ...properties }, { DependsOn: 'First' }) });
    unavailable = ['delete First'];
    await expect(stack.deploy(withSecond({ fails: 'create' }))).rejects.toThrow('Second (Thing): no room');
    expect(stack.isRolledBack).toBe(true);
    [calls, unavailable] = [[], []];
    await stack.deploy(withSecond({}));
    expect(verbs()).toEqual(expected);
  });

  test('of an unsupported resource type fails', async () => {
    await expect(stack.deploy(template({ First: { Type: 'Other' } }))).rejects.toThrow(
      'resource type Other is not supported; allowed: Thing',
    );
  });
});

describe('an update', () => {
  beforeEach(async () => {
    await stack.deploy(template({ One: a({ size: 1 }), Two: a({ of: { 'Fn::GetAtt': ['One', 'Arn'] } }) }));
    calls = [];
  });

  test('changes only the resources that differ', async () => {
    await stack.deploy(template({ One: a({ size: 2 }), Two: a({ of: { 'Fn::GetAtt': ['One', 'Arn'] } }) }));
    expect(calls).toEqual(['update One {"size":2} from {"size":1}']);
  });

  test('that replaces a resource updates those that refer to it, and then deletes the old one', async () => {
    await stack.deploy(template({ One: a({ name: 'Another' }), Two: a({ of: { 'Fn::GetAtt': ['One', 'Arn'] } }) }));
    expect(calls).toEqual([
      'update One {"name":"Another"} from {"size":1}', 'update Two {"of":"arn:Another"} from {"of":"arn:One"}', 'delete One',
    ]);
  });

  test('that replaces a resource retains the old one if its UpdateReplacePolicy is Retain', async () => {
    await stack.deploy(template({ One: a({ name: 'Another' }, { UpdateReplacePolicy: 'Retain' }), Two: a() }));
    expect(verbs()).toEqual(['update One', 'update Two']);
  });

  test('that fails is rolled back in reverse order: the failed update is reverted, old properties are restored, and then new resources are deleted', async () => {
    const failing = template({
      One: a({ name: 'Another' }),
      New: a({}, { DependsOn: 'One' }),
      Two: a({ fails: 'update' }, { DependsOn: 'New' }),
    });
    await expect(stack.deploy(failing)).rejects.toThrow('Two (Thing): no way');
    expect(calls).toEqual([
      'update One {"name":"Another"} from {"size":1}',
      'create New {}',
      'update Two {"fails":"update"} from {"of":"arn:One"}',
      'update Two {"of":"arn:One"} from {"fails":"update"}',
      'update One {"size":1} from {"name":"Another"}',
      'delete Another',
      'delete New',
    ]);
    expect(stack.resource('One').resolved.ref).toBe('One');
  });

  test('whose rollback fails too stops there, and continues at that step when the operator continues it, or deploys again', async () => {
    const failing = template({ One: a({ size: 2 }), New: a({}, { DependsOn: 'One' }), Two: a({ fails: 'update' }, { DependsOn: 'New' }) });
    unavailable = ['update One {"size":1} from {"size":2}'];
    for (const attempt of [() => stack.deploy(failing), () => stack.continueRollBack(), () => stack.deploy(failing)]) {
      await expect(attempt()).rejects.toThrow('update One {"size":1} from {"size":2}: not available');
      expect(stack.isRolledBack).toBe(false);
    }
    calls = [];
    unavailable = [];
    await stack.continueRollBack();
    expect(calls).toEqual(['update One {"size":1} from {"size":2}', 'delete New']);
    calls = [];
    await stack.continueRollBack();
    expect(calls).toEqual([]);
  });

  test('leaves a new resource behind that its rollback cannot delete', async () => {
    const failing = template({ One: a({ size: 2 }), New: a(), Two: a({ fails: 'update' }, { DependsOn: 'New' }) });
    unavailable = ['delete New'];
    await expect(stack.deploy(failing)).rejects.toThrow('Two (Thing): no way');
    expect(stack.isRolledBack).toBe(true);
    calls = [];
    await stack.deploy(template({ One: a({ size: 1 }), Two: a({ of: { 'Fn::GetAtt': ['One', 'Arn'] } }) }));
    expect(calls).toEqual([]);
  });

  test('after a failed update compares with the state before it', async () => {
    await expect(stack.deploy(template({ One: a({ fails: 'update' }) }))).rejects.toThrow('no way');
    calls = [];
    await stack.deploy(template({ One: a({ size: 1 }), Two: a({ of: { 'Fn::GetAtt': ['One', 'Arn'] } }) }));
    expect(calls).toEqual([]);
  });

  test('finally deletes the resources that are no longer declared', async () => {
    await stack.deploy(template({ One: a({ size: 3 }) }));
    expect(verbs()).toEqual(['update One', 'delete Two']);
    expect(() => stack.resource('Two')).toThrow('no resource Two');
  });
});

describe('a resource that is no longer declared', () => {
  const policies: NonNullable<TemplateResource['DeletionPolicy']>[] = ['Delete', 'Retain', 'RetainExceptOnCreate'];
  const eachPolicy = Object.fromEntries(policies.map((DeletionPolicy) => [DeletionPolicy, a({}, { DeletionPolicy })]));

  test('is deleted unless its DeletionPolicy retains it', async () => {
    await stack.deploy(template(eachPolicy));
    calls = [];
    await stack.delete();
    expect(verbs()).toEqual(['delete Delete']);
    expect(stack.resourcesOfType('Thing')).toEqual([]);
  });

  test('is deleted by the rollback of its creation unless its DeletionPolicy is Retain', async () => {
    const failing = template({ ...eachPolicy, Failing: a({ fails: 'create' }, { DependsOn: policies }) });
    await expect(stack.deploy(failing)).rejects.toThrow('Failing (Thing): no room');
    expect(verbs().slice(4)).toEqual(['delete RetainExceptOnCreate', 'delete Delete']);
    expect(stack.resourcesOfType('Thing')).toEqual([]);
  });

  test('is deleted before the resources that it refers to, even if it refers to them only since an update', async () => {
    await stack.deploy(template({ Old: a() }));
    await stack.deploy(template({ Old: a({ of: { Ref: 'New' } }), New: a() }));
    calls = [];
    await stack.delete();
    expect(verbs()).toEqual(['delete Old', 'delete New']);
  });
});
