import { REGION, SECRET_ACCESS_KEY, type LocalAws } from './local-aws';

const ACCOUNT = '111122223333';

/** Shell commands with which `cdk` and `aws` call the local AWS only. */
export function shellLines({ endpoint, clock }: LocalAws): string {
  const variables = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: SECRET_ACCESS_KEY,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    ...clock.environment,
  };
  return [
    '# The AWS emulator runs until you stop this command. In another shell:',
    ...Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
    `npx cdk bootstrap --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess aws://${ACCOUNT}/${REGION}`,
    'npx cdk deploy',
    '',
  ].join('\n');
}
