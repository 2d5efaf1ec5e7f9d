import { App, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { buildExample } from '../../support/build-example';
import { EXAMPLES } from '../../support/examples';
import { TwoRegions } from '../../support/two-regions';

// The CDK then throws where it would print a warning of a deprecated call.
beforeAll(() => { process.env.JSII_DEPRECATED = 'fail'; });
afterAll(() => { delete process.env.JSII_DEPRECATED; });

test('a deprecated property of the CDK throws in this test', () => {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  const partitionKey = { name: 'id', type: dynamodb.AttributeType.STRING };
  expect(() => new dynamodb.Table(stack, 'Table', { partitionKey, pointInTimeRecovery: true })).toThrow('deprecated');
});

test.each(EXAMPLES)('no construct of the example %s calls anything deprecated', (example) => {
  const app = new App({ analyticsReporting: false });
  const stacks = buildExample(example, app);
  Tags.of(app).add('team', 'orders');
  app.synth();
  for (const stack of stacks) Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('deprecated'));
});

test('no replica of a key calls anything deprecated', () => {
  const regions = new TwoRegions();
  const primary = regions.primary();
  regions.replica(primary).addAlias('archive');
  regions.app.synth();
  Annotations.fromStack(regions.virginia).hasNoWarning('*', Match.anyValue());
});
