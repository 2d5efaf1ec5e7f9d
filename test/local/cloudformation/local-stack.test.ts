import { LocalStack, type Provisioner, type ResourceToDeploy } from '../../../local/cloudformation/local-stack';
import { inOrder, type Template, type TemplateResource } from '../../../local/cloudformation/template';

/** What has been done, a line each: `create A {"size":1}`. */
let story: string[];
let stack: LocalStack;

/** A resource whose create or update fails says so in its properties; `name` gives it its physical id, so that another one replaces it. */
const thing: Provisioner = {
  create: async (resource) => {
    told('create', resource);
    if (resource.properties.fails === 'create') throw new Error('no room');
    return standing(resource);
  },
  update: async (resource, before) => {
    told('update', resource, ` from ${JSON.stringify(before.properties)}`);
    if (resource.properties.fails === 'update') throw new Error('no way');
    return standing(resource);
  },
  delete: async (resource) => { story.push(`delete ${resource.resolved.ref}`); },
};

function told(verb: string, { logicalId, properties }: ResourceToDeploy, more = ''): void {
  story.push(`${verb} ${logicalId} ${JSON.stringify(properties)}${more}`);
}

function standing({ logicalId, properties: { name = logicalId } }: ResourceToDeploy) {
  return { ref: String(name), attributes: { Arn: `arn:${String(name)}` } };
}

const a = (Properties: TemplateResource['Properties'] = {}, more: Partial<TemplateResource> = {}): TemplateResource => ({ Type: 'Thing', Properties, ...more });
const template = (Resources: Template['Resources']): Template => ({ Resources });

beforeEach(() => {
  story = [];
  stack = new LocalStack({ stackName: 'Shop', pseudoParameters: { 'AWS::Region': 'eu-central-1' }, provisioners: { Thing: thing } });
});

const verbs = () => story.map((line) => line.split(' ').slice(0, 2).join(' '));

describe('resources are created', () => {
  test('each after those that it refers to, in whatever way, and after those it depends on', async () => {
    await stack.deploy(template({
      Last: a({ text: { 'Fn::Join': ['-', [{ Ref: 'AWS::Region' }, { 'Fn::GetAtt': ['Middle', 'Arn'] }]] } }),
      Middle: a({ of: [{ 'Fn::Sub': 'x/${First.Arn}/${First}' }] }),
      Dependent: a({}, { DependsOn: ['Last'] }),
      First: a(),
    }));
    expect(story).toEqual([
      'create First {}', 'create Middle {"of":["x/arn:First/First"]}', 'create Last {"text":"eu-central-1-arn:Middle"}', 'create Dependent {}',
    ]);
  });

  test('a part of a text is taken out of it', async () => {
    await stack.deploy(template({ One: a({ part: { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'AWS::Region' }] }] } }) }));
    expect(story).toEqual(['create One {"part":"central"}']);
  });

  test('never from a template that goes round in a circle', async () => {
    await expect(stack.deploy(template({ One: a({ of: { Ref: 'Other' } }), Other: a({}, { DependsOn: 'One' }) }))).rejects.toThrow('in a circle');
    expect(() => inOrder(template({ Own: a({ of: { Ref: 'Own' } }) }))).toThrow('in a circle');
    expect(story).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['an intrinsic function that is not known here', { 'Fn::Base64': 'x' }, 'Fn::Base64'],
    ['an element that the list has not', { 'Fn::Select': [1, ['x']] }, 'selects element 1'],
    ['Fn::Sub with variables of its own', { 'Fn::Sub': ['${x}', { x: 'y' }] }, 'variables of its own'],
    ['a reference to nothing', { Ref: 'Nobody' }, 'Nobody'],
    ['an attribute that there is not', { 'Fn::GetAtt': ['First', 'Colour'] }, 'Colour'],
  ])('never with %s: the deployment fails, by the name of the resource, and is taken back', async (_, value, reason) => {
    const failure = stack.deploy(template({ First: a(), Second: a({ value }, { DependsOn: 'First' }) }));
    await expect(failure).rejects.toThrow(reason);
    await expect(failure).rejects.toThrow('Second (Thing)');
    expect(verbs()).toEqual(['create First', 'delete First']);
  });

  test('never of a type that nobody can create', async () => {
    await expect(stack.deploy(template({ First: { Type: 'Dream' } }))).rejects.toThrow('no provisioner for Dream');
  });
});

describe('an update', () => {
  beforeEach(async () => {
    await stack.deploy(template({ One: a({ size: 1 }), Two: a({ of: { 'Fn::GetAtt': ['One', 'Arn'] } }) }));
    story = [];
  });

  test('touches what has changed, and nothing else', async () => {
    await stack.deploy(template({ One: a({ size: 2 }), Two: a({ of: { 'Fn::GetAtt': ['One', 'Arn'] } }) }));
    expect(story).toEqual(['update One {"size":2} from {"size":1}']);
  });

  test('that replaces a resource brings the new one to those that refer to it, and then deletes the old one', async () => {
    await stack.deploy(template({ One: a({ name: 'Another' }), Two: a({ of: { 'Fn::GetAtt': ['One', 'Arn'] } }) }));
    expect(story).toEqual(['update One {"name":"Another"} from {"size":1}', 'update Two {"of":"arn:Another"} from {"of":"arn:One"}', 'delete One']);
  });

  test('that replaces a resource leaves the old one where it is, if that was said', async () => {
    await stack.deploy(template({ One: a({ name: 'Another' }, { UpdateReplacePolicy: 'Retain' }), Two: a() }));
    expect(verbs()).toEqual(['update One', 'update Two']);
  });

  test('that fails is taken back in reverse: what was, new resources deleted, the one that failed told what it was', async () => {
    const failing = template({ One: a({ name: 'Another' }), New: a({}, { DependsOn: 'One' }), Two: a({ fails: 'update' }, { DependsOn: 'New' }) });
    await expect(stack.deploy(failing)).rejects.toThrow('Two (Thing): no way');
    expect(story).toEqual([
      'update One {"name":"Another"} from {"size":1}', 'create New {}', 'update Two {"fails":"update"} from {"of":"arn:One"}',
      'update Two {"of":"arn:One"} from {"fails":"update"}', 'delete New', 'update One {"size":1} from {"name":"Another"}', 'delete Another',
    ]);
    expect(stack.resource('One').resolved.ref).toBe('One');
  });

  test('that comes after one that failed starts from what was', async () => {
    await expect(stack.deploy(template({ One: a({ fails: 'update' }) }))).rejects.toThrow('no way');
    story = [];
    await stack.deploy(template({ One: a({ size: 1 }), Two: a({ of: { 'Fn::GetAtt': ['One', 'Arn'] } }) }));
    expect(story).toEqual([]);
  });

  test('deletes in the end what is declared no more', async () => {
    await stack.deploy(template({ One: a({ size: 3 }) }));
    expect(verbs()).toEqual(['update One', 'delete Two']);
    expect(() => stack.resource('Two')).toThrow('no resource Two');
  });
});

describe('what is declared no more', () => {
  const policies: NonNullable<TemplateResource['DeletionPolicy']>[] = ['Delete', 'Retain', 'RetainExceptOnCreate'];
  const eachPolicy = Object.fromEntries(policies.map((DeletionPolicy) => [DeletionPolicy, a({}, { DeletionPolicy })]));

  test('goes, unless it is retained', async () => {
    await stack.deploy(template(eachPolicy));
    story = [];
    await stack.delete();
    expect(verbs()).toEqual(['delete Delete']);
    expect(stack.resourcesOfType('Thing')).toEqual([]);
  });

  test('goes with a creation that is taken back, unless it is retained even then', async () => {
    await expect(stack.deploy(template({ ...eachPolicy, Doomed: a({ fails: 'create' }, { DependsOn: policies }) }))).rejects.toThrow('Doomed (Thing): no room');
    expect(verbs().slice(4)).toEqual(['delete RetainExceptOnCreate', 'delete Delete']);
    expect(stack.resourcesOfType('Thing')).toEqual([]);
  });

  test('goes before what it refers to, also where it came to refer to it later', async () => {
    await stack.deploy(template({ Old: a() }));
    await stack.deploy(template({ Old: a({ of: { Ref: 'New' } }), New: a() }));
    story = [];
    await stack.delete();
    expect(verbs()).toEqual(['delete Old', 'delete New']);
  });
});
