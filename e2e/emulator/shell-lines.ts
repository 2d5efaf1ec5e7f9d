import { REGION, type LocalAws } from './local-aws';

const ACCOUNT = '111122223333';

/** What a shell needs, so that `cdk` and `aws` speak to the local AWS and to no other. */
export function shellLines({ endpoint, clock }: LocalAws): string {
  const variables = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    ...clock.environment,
  };
  return [
    '# An AWS on this machine, for as long as this runs. In another shell:',
    ...Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
    `npx cdk bootstrap aws://${ACCOUNT}/${REGION}`,
    'npx cdk deploy',
    '',
  ].join('\n');
}
