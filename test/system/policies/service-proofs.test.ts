import * as iam from 'aws-cdk-lib/aws-iam';
import { EVERYTHING_BY_IAM, KEY_ACTIONS } from './guarded-family';
import { ALL_CALLERS, allowedActions, GuardedKey, PRINCIPALS, POSTURES, type PostureName } from './guarded-key';
import { CIRCUMSTANCES, KIND_LAWS, lawFor } from './key-laws';
import { CALLER, lawForService, mayAsService, SERVICE_LAWS, type Circumstances, type ServiceLaw } from './service-laws';
import { ServiceUser } from '../../../src/index';
import { aStack } from '../../support/a-stack';
import { mayCall, type KmsCall } from '../../support/policy-evaluator';

const LAWS = Object.entries(SERVICE_LAWS);
const UNNAMED_PRINCIPALS = [
  PRINCIPALS.stranger,
  PRINCIPALS.partner,
  CALLER,
  'events.amazonaws.com',
  'sns.us-east-1.amazonaws.com',
  'logs.us-east-1.amazonaws.com',
];

function statementsWith(posture: PostureName, law: ServiceLaw, serviceUsers = [law.serviceUser]): readonly object[] {
  return new GuardedKey(posture, { ...law.key, serviceUsers }, aStack(law.region)).statements;
}

async function actionsAllowedToService(
  principal: string, statements: readonly object[], circumstances: Circumstances, forAwsResource = true,
): Promise<string[]> {
  const answers = await Promise.all(KEY_ACTIONS.map(async (action) =>
    await mayAsService(principal, action, statements, circumstances, forAwsResource) ? [action] : []));
  return answers.flat();
}

describe.each(POSTURES)('in the %s posture', (posture) => {
  describe.each(LAWS)('%s', (_, law) => {
    const statements = statementsWith(posture, law);

    test.each(Object.entries(law.cases))('is allowed exactly what its AWS page requires, %s', async (__, [circumstances, actions]) => {
      for (const forAwsResource of [true, false]) {
        const expected = [...lawForService(actions, forAwsResource)].sort();
        expect(await actionsAllowedToService(law.principal, statements, circumstances, forAwsResource)).toEqual(expected);
      }
    });

    test('allows no other principal in the same circumstances', async () => {
      for (const [circumstances] of Object.values(law.cases)) {
        for (const principal of UNNAMED_PRINCIPALS.filter((each) => each !== law.principal)) {
          expect([principal, await actionsAllowedToService(principal, statements, circumstances)]).toEqual([principal, []]);
        }
      }
    });
  });
});

describe('a key with every service user', () => {
  const symmetric = LAWS.map(([, law]) => law).filter(({ key }) => key === undefined);
  const serviceUsers = symmetric.map(({ serviceUser }) => serviceUser);

  test.each(POSTURES)('allows all other callers the same as without them, in the %s posture', async (posture) => {
    const { statements } = new GuardedKey(posture, { serviceUsers });
    const law = KIND_LAWS['a symmetric key']!;
    for (const circumstances of CIRCUMSTANCES.filter(({ inOrganization, inContext }) => inOrganization && inContext)) {
      for (const caller of ALL_CALLERS.filter((each) => each !== 'worker')) {
        const expected = [...lawFor(caller, posture, law, { organization: false, encryptionContext: false }, circumstances)].sort();
        expect([caller, await allowedActions(caller, statements, circumstances.details)]).toEqual([caller, expected]);
      }
    }
  });

  test('allows each service the same as alone', async () => {
    const { statements } = new GuardedKey('key-policy-only', { serviceUsers });
    for (const { principal, cases } of symmetric) {
      for (const [circumstances, actions] of Object.values(cases)) {
        expect(await actionsAllowedToService(principal, statements, circumstances)).toEqual([...actions].sort());
      }
    }
  });
});

test.each(POSTURES)('the account root as a caller delegates to IAM, through the service only, in the %s posture', async (posture) => {
  const { statements } = new GuardedKey(posture, { serviceUsers: [ServiceUser.throughS3([new iam.AccountRootPrincipal()])] });
  const decrypt = (details: Partial<KmsCall>) => mayCall({
    principalArn: CALLER, action: 'kms:Decrypt', keyPolicy: JSON.stringify({ Version: '2012-10-17', Statement: statements }), ...details,
  });
  const [throughS3] = SERVICE_LAWS.S3!.cases['through the service']!;
  expect(await decrypt({ ...throughS3, identityStatements: EVERYTHING_BY_IAM })).toBe(true);
  expect(await decrypt(throughS3)).toBe(false);
  expect(await decrypt({ identityStatements: EVERYTHING_BY_IAM })).toBe(posture === 'IAM-delegated');
});
