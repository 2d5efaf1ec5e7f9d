import { customResources } from '../../../local/cloudformation/custom-resource-caller';
import type { DeployedResource, ResourceToDeploy } from '../../../local/cloudformation/local-stack';
import { ACCOUNT, REGION } from '../../../local/laptop';

interface Event {
  readonly [member: string]: unknown;
  readonly RequestType: string;
  readonly ResponseURL: string;
}

const RESOURCE: ResourceToDeploy = {
  stackName: 'Shop',
  logicalId: 'Own',
  type: 'Custom::Own',
  properties: { ServiceToken: 'arn:function', Size: 3, Open: true, Lists: [[1], { Deep: false }], Absent: undefined },
};
const DEPLOYED: DeployedResource = {
  ...RESOURCE, properties: { ServiceToken: 'arn:function', Size: 1 }, resolved: { ref: 'own-1', attributes: {} },
};

let events: Event[];
let responses: (object | undefined)[];

const provisioner = customResources(ACCOUNT, REGION, () => new Date('2026-11-01T12:00:00.000Z'), async (serviceToken, event) => {
  expect(serviceToken).toBe('arn:function');
  events.push(event as Event);
  const response = responses.shift();
  if (response !== undefined) await fetch((event as Event).ResponseURL, { method: 'PUT', body: JSON.stringify(response) });
});

const succeeded = (more: object = {}) => ({ Status: 'SUCCESS', PhysicalResourceId: 'own-1', ...more });
const failed = (PhysicalResourceId = 'own-1') => ({ Status: 'FAILED', Reason: 'InvalidRequest: no', PhysicalResourceId });

beforeEach(() => {
  events = [];
  responses = [];
});

test('a Create sends every number and boolean as text, and takes physical id and attributes from the response', async () => {
  responses = [succeeded({ Data: { AliasName: 'alias/orders' } })];
  expect(await provisioner.create(RESOURCE)).toEqual({ ref: 'own-1', attributes: { AliasName: 'alias/orders' } });
  expect(events).toMatchObject([{ RequestType: 'Create', LogicalResourceId: 'Own', ResourceType: 'Custom::Own' }]);
  expect(events[0]?.ResourceProperties).toEqual({
    ServiceToken: 'arn:function',
    Size: '3',
    Open: 'true',
    Lists: [['1'], { Deep: 'false' }],
  });
  expect(events[0]).not.toHaveProperty('PhysicalResourceId');
});

test('a failed Create is followed by a Delete with the physical id of the response, and fails with its reason', async () => {
  responses = [failed('never-created'), succeeded()];
  await expect(provisioner.create(RESOURCE)).rejects.toThrow('InvalidRequest: no');
  expect(events.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId]))
    .toEqual([['Create', undefined], ['Delete', 'never-created']]);
});

test('an Update sends the old properties and the physical id', async () => {
  responses = [succeeded()];
  await provisioner.update?.(RESOURCE, DEPLOYED);
  expect(events).toMatchObject([
    { RequestType: 'Update', PhysicalResourceId: 'own-1', OldResourceProperties: { Size: '1' }, ResourceProperties: { Size: '3' } },
  ]);
});

test.each<[string, () => Promise<unknown> | undefined]>([
  ['an Update', () => provisioner.update?.(RESOURCE, DEPLOYED)], ['a Delete', () => provisioner.delete?.(DEPLOYED)],
])('%s that fails has the reason of the response, and sends no further request', async (_, send) => {
  responses = [failed()];
  await expect(send()).rejects.toThrow('InvalidRequest: no');
  expect(events).toHaveLength(1);
});

test('a function that ends without a response is a failure, for which CloudFormation would wait for an hour', async () => {
  await expect(provisioner.create(RESOURCE)).rejects.toThrow('ended without a response to Create');
});

test('the response URL contains the time of its signature, as a presigned URL of Amazon S3 does', async () => {
  responses = [succeeded()];
  await provisioner.create(RESOURCE);
  expect(new URL(events[0]!.ResponseURL).searchParams.get('X-Amz-Date')).toBe('20261101T120000Z');
});

test('each request has its own request id and response URL', async () => {
  responses = [succeeded(), succeeded()];
  await provisioner.create(RESOURCE);
  await provisioner.create(RESOURCE);
  expect(new Set(events.map(({ RequestId }) => RequestId)).size).toBe(2);
  expect(new Set(events.map(({ ResponseURL }) => ResponseURL)).size).toBe(2);
});
