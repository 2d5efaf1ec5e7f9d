import { Stack, Stage, type StackProps } from 'aws-cdk-lib';
import { CustomerManagedKey, ReplicaKey } from '../../../src/index';
import { complaintsOf, onlyResource } from '../../support/a-stack';
import { TwoRegions } from '../../support/two-regions';

const account = '111122223333';
let regions: TwoRegions;
beforeEach(() => { regions = new TwoRegions(); });

const inStack = (props: StackProps) => () => regions.replica(regions.primary(), {}, regions.stack('Other', props));

describe('where no replica can be is told at once', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['for a key of one Region', () => regions.replica(regions.primary({ multiRegion: false })),
      /^Virginia\/Replica: only a multi-Region key has replicas, and this primary is none, got Frankfurt\/Key; give the primary multiRegion: true, which only a new key can have$/],
    ['in a stack that does not refer to other Regions', inStack({ env: { account, region: 'us-west-2' } }),
      /^Other\/Replica: the stack of a replica refers to its primary in another Region, which it is not allowed, got stack Other; give that stack crossRegionReferences: true$/],
    ['in the Region of the primary', inStack({ env: { account, region: 'eu-central-1' } }),
      /^Other\/Replica: a replica is in another Region than its primary, got eu-central-1 for both; make it in a stack of another Region, or give the primary one more alias instead$/],
    ['in a Region that nobody knows yet', inStack({ env: { account }, crossRegionReferences: true }),
      /^Other\/Replica: Regions of primary and replica have to be known at synthesis, got none for stack Other; give that stack a region in env$/],
    ['in another account', inStack({ env: { account: '999988887777', region: 'us-west-2' }, crossRegionReferences: true }),
      /^Other\/Replica: primary and replica are in one account, got 999988887777 for the replica; allowed: 111122223333, as the primary; give both stacks the same account[^\n]+$/],
    ['in an account that nobody knows yet', inStack({ env: { region: 'us-west-2' }, crossRegionReferences: true }),
      /^Other\/Replica: primary and replica are in one account, got an account known only when deploying for the replica; allowed: 111122223333, as the primary; [^\n]+$/],
  ])('%s', (_, make, complaint) => {
    expect(make).toThrow(complaint);
  });

  test('of a primary in a Region that nobody knows yet', () => {
    const somewhere = regions.stack('Somewhere', { env: { account } });
    const primaryKey = new CustomerManagedKey(somewhere, 'Key', { alias: 'alias/orders', multiRegion: true });
    expect(() => regions.replica(primaryKey)).toThrow(/^Virginia\/Replica: Regions of [^\n]+, got none for stack Somewhere; give that stack a region in env$/);
  });

  test('twice in one Region, in whatever stacks', () => {
    const primaryKey = regions.primary();
    regions.replica(primaryKey);
    const other = regions.stack('Other', { env: { account, region: 'us-east-1' }, crossRegionReferences: true });
    expect(() => regions.replica(primaryKey, {}, other)).toThrow(
      /^Other\/Replica: a primary has one replica in a Region, got us-east-1, where Virginia\/Replica is; use that replica; it takes more aliases$/);
  });

  test('in another stage, whose stacks refer to none of this one', () => {
    const stage = new Stage(regions.app, 'Production');
    const other = new Stack(stage, 'Other', { env: { account, region: 'us-west-2' }, crossRegionReferences: true });
    expect(() => regions.replica(regions.primary(), {}, other)).toThrow(
      'Production/Other/Replica: primary and replica are in one stage, since stages do not refer to one another, got Production for the replica, '
      + 'the app itself for the primary; make stacks of both Regions in one stage');
  });

  test('all of it together', () => {
    const other = regions.stack('Other', { env: { account: '999988887777', region: 'us-west-2' } });
    const make = () => regions.replica(regions.primary({ multiRegion: false }), {}, other);
    expect(make).toThrow(/^Other\/Replica: only a multi-Region key .+\nOther\/Replica: primary and replica are in one account.+\nOther\/Replica: the stack of a replica refers.+$/);
  });
});

test('there may be replicas in many Regions, in a stage, and in an account that only the deployment knows', () => {
  const stage = new Stage(regions.app, 'Production');
  const stackIn = (region: string) => new Stack(stage, region, { env: { region }, crossRegionReferences: true });
  const primaryKey = new CustomerManagedKey(stackIn('eu-central-1'), 'Key', { alias: 'alias/orders', multiRegion: true });
  const others = ['eu-west-1', 'us-east-1', 'ap-southeast-2'].map(stackIn);
  for (const stack of others) new ReplicaKey(stack, 'Replica', { primaryKey });
  expect(complaintsOf(regions.frankfurt)).toBe('');
  for (const stack of others) expect(onlyResource(stack, 'AWS::KMS::ReplicaKey').Properties).toHaveProperty('PrimaryKeyArn');
});
