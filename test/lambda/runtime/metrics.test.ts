import { jsonLog } from '../../../lambda/runtime/log';

test('a measurement is one log line in the embedded metric format', () => {
  const lines: string[] = [];
  jsonLog((line) => lines.push(line)).measure({
    namespace: 'CdkKmsLifecycle',
    dimensions: { Alias: 'alias/orders' },
    values: { CurrentGenerationAgeDays: 12.5, KeyMaterialDue: 0 },
    at: new Date(1_700_000_000_000),
  });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 'INFO',
      event: 'measured',
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'CdkKmsLifecycle',
            Dimensions: [['Alias']],
            Metrics: [{ Name: 'CurrentGenerationAgeDays' }, { Name: 'KeyMaterialDue' }],
          },
        ],
      },
      Alias: 'alias/orders',
      CurrentGenerationAgeDays: 12.5,
      KeyMaterialDue: 0,
    },
  ]);
});
