import { customResources } from '../../../local/cloudformation/custom-resource-caller';
import type { DeployedResource, ResourceToDeploy } from '../../../local/cloudformation/local-stack';
import { ACCOUNT, REGION } from '../../../local/laptop';

interface Event {
  readonly [member: string]: unknown;
  readonly RequestType: string;
  readonly ResponseURL: string;
}

const RESOURCE: ResourceToDeploy = {
  stackName: 'Shop', logicalId: 'Own', type: 'Custom::Own', properties: { ServiceToken: 'arn:function', Size: 3, Open: true, Lists: [[1], { Deep: false }], Absent: undefined },
};
const STANDING: DeployedResource = { ...RESOURCE, properties: { ServiceToken: 'arn:function', Size: 1 }, resolved: { ref: 'own-1', attributes: {} } };

let events: Event[];
let answers: (object | undefined)[];

const provisioner = customResources(ACCOUNT, REGION, async (serviceToken, event) => {
  expect(serviceToken).toBe('arn:function');
  events.push(event as Event);
  const answer = answers.shift();
  if (answer !== undefined) await fetch((event as Event).ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
});

const succeeded = (more: object = {}) => ({ Status: 'SUCCESS', PhysicalResourceId: 'own-1', ...more });
const failed = (PhysicalResourceId = 'own-1') => ({ Status: 'FAILED', Reason: 'InvalidRequest: no', PhysicalResourceId });

beforeEach(() => {
  events = [];
  answers = [];
});

test('a creation hands every number and boolean over as text, and takes name and attributes from the answer', async () => {
  answers = [succeeded({ Data: { AliasName: 'alias/orders' } })];
  expect(await provisioner.create(RESOURCE)).toEqual({ ref: 'own-1', attributes: { AliasName: 'alias/orders' } });
  expect(events).toMatchObject([{ RequestType: 'Create', LogicalResourceId: 'Own', ResourceType: 'Custom::Own' }]);
  expect(events[0]?.ResourceProperties).toEqual({ ServiceToken: 'arn:function', Size: '3', Open: 'true', Lists: [['1'], { Deep: 'false' }] });
  expect(events[0]).not.toHaveProperty('PhysicalResourceId');
});

test('a creation that fails is followed by a Delete under the name that the answer gave, and fails with its reason', async () => {
  answers = [failed('never-created'), succeeded()];
  await expect(provisioner.create(RESOURCE)).rejects.toThrow('InvalidRequest: no');
  expect(events.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId])).toEqual([['Create', undefined], ['Delete', 'never-created']]);
});

test('an update is told what was, and by which name', async () => {
  answers = [succeeded()];
  await provisioner.update?.(RESOURCE, STANDING);
  expect(events).toMatchObject([{ RequestType: 'Update', PhysicalResourceId: 'own-1', OldResourceProperties: { Size: '1' }, ResourceProperties: { Size: '3' } }]);
});

test.each<[string, () => Promise<unknown> | undefined]>([
  ['an update', () => provisioner.update?.(RESOURCE, STANDING)], ['a deletion', () => provisioner.delete?.(STANDING)],
])('%s that fails, fails with its reason, and nothing else is asked for', async (_, ask) => {
  answers = [failed()];
  await expect(ask()).rejects.toThrow('InvalidRequest: no');
  expect(events).toHaveLength(1);
});

test('a function that ends without an answer is a failure: CloudFormation would wait for an hour', async () => {
  await expect(provisioner.create(RESOURCE)).rejects.toThrow('ended without an answer to Create');
});

test('each question has an id and an address of its own', async () => {
  answers = [succeeded(), succeeded()];
  await provisioner.create(RESOURCE);
  await provisioner.create(RESOURCE);
  expect(new Set(events.map(({ RequestId }) => RequestId)).size).toBe(2);
  expect(new Set(events.map(({ ResponseURL }) => ResponseURL)).size).toBe(2);
});
