import { Stack, Stage, type StackProps } from 'aws-cdk-lib';
import { CustomerManagedKey } from '../../../src/index';
import { complaintsOf, onlyResource } from '../../support/a-stack';
import { TwoRegions } from '../../support/two-regions';

const account = '111122223333';
let regions: TwoRegions;
beforeEach(() => { regions = new TwoRegions(); });

const inStack = (props: StackProps) => () => regions.replica(regions.primary(), {}, regions.stack('Other', props));

describe('an impossible replica is reported at once', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'for a key of one Region',
      () => regions.replica(regions.primary({ multiRegion: false })),
      /^Virginia\/Replica: only a multi-Region key has replicas, and this primary is a single-Region key, got Frankfurt\/Key; set multiRegion: true on the primary, which only a new key can have$/,
    ],
    [
      'in a stack that does not refer to other Regions',
      inStack({ env: { account, region: 'us-west-2' } }),
      /^Other\/Replica: the stack of a replica refers to its primary in another Region, and cross-Region references are disabled for it, got stack Other; set crossRegionReferences: true on that stack$/,
    ],
    [
      'in the Region of the primary',
      inStack({ env: { account, region: 'eu-central-1' } }),
      /^Other\/Replica: a replica must be in another Region than its primary, got eu-central-1 for both; create it in a stack of another Region, or add an alias to the primary instead$/,
    ],
    [
      'in a Region that is unknown at synthesis',
      inStack({ env: { account }, crossRegionReferences: true }),
      /^Other\/Replica: the Regions of primary and replica must be known at synthesis, got none for stack Other; set a region in env of that stack$/,
    ],
    [
      'in another account',
      inStack({ env: { account: '999988887777', region: 'us-west-2' }, crossRegionReferences: true }),
      /^Other\/Replica: primary and replica must be in the same account, got 999988887777 for the replica; allowed: 111122223333, the account of the primary; set the same account in env of both stacks[^\n]+$/,
    ],
    [
      'in an account that is unknown at synthesis',
      inStack({ env: { region: 'us-west-2' }, crossRegionReferences: true }),
      /^Other\/Replica: primary and replica must be in the same account, got an account that is unknown at synthesis for the replica; allowed: 111122223333, the account of the primary; [^\n]+$/,
    ],
  ])('%s', (_, make, complaint) => {
    expect(make).toThrow(complaint);
  });

  test('of a primary in a Region that is unknown at synthesis', () => {
    const somewhere = regions.stack('Somewhere', { env: { account } });
    const primaryKey = new CustomerManagedKey(somewhere, 'Key', { alias: 'alias/orders', multiRegion: true });
    expect(() => regions.replica(primaryKey)).toThrow(
      /^Virginia\/Replica: the Regions of [^\n]+, got none for stack Somewhere; set a region in env of that stack$/,
    );
  });

  test('twice in one Region, in any stacks', () => {
    const primaryKey = regions.primary();
    regions.replica(primaryKey);
    const other = regions.stack('Other', { env: { account, region: 'us-east-1' }, crossRegionReferences: true });
    expect(() => regions.replica(primaryKey, {}, other)).toThrow(
      /^Other\/Replica: a primary has at most one replica per Region, got us-east-1, where Virginia\/Replica is; use that replica, and add an alias to it$/,
    );
  });

  test('in another stage, whose stacks cannot refer to this one', () => {
    const stage = new Stage(regions.app, 'Production');
    const other = new Stack(stage, 'Other', { env: { account, region: 'us-west-2' }, crossRegionReferences: true });
    expect(() => regions.replica(regions.primary(), {}, other)).toThrow(
      'Production/Other/Replica: primary and replica must be in the same stage, because stages cannot refer to each other, got Production for the replica, ' +
        'the app itself for the primary; create the stacks of both Regions in one stage',
    );
  });

  test('all problems are reported together', () => {
    const other = regions.stack('Other', { env: { account: '999988887777', region: 'us-west-2' } });
    const make = () => regions.replica(regions.primary({ multiRegion: false }), {}, other);
    expect(make).toThrow(
      /^Other\/Replica: only a multi-Region key .+\nOther\/Replica: primary and replica must be in the same account.+\nOther\/Replica: the stack of a replica refers.+$/,
    );
  });
});

test('replicas may be in several Regions, in a stage, and in an account that is unknown at synthesis', () => {
  const stage = new Stage(regions.app, 'Production');
  const stackIn = (region: string) => new Stack(stage, region, { env: { region }, crossRegionReferences: true });
  const primaryKey = new CustomerManagedKey(stackIn('eu-central-1'), 'Key', { alias: 'alias/orders', multiRegion: true });
  const others = ['eu-west-1', 'us-east-1', 'ap-southeast-2'].map(stackIn);
  for (const stack of others) primaryKey.addReplica(stack, 'Replica');
  expect(complaintsOf(regions.frankfurt)).toBe('');
  for (const stack of others) expect(onlyResource(stack, 'AWS::KMS::ReplicaKey').Properties).toHaveProperty('PrimaryKeyArn');
});
