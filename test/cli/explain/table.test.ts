import { anIdentityPolicy, aTemplate, DELEGATED_TO_IAM, FILE, KEY_ARN, ROLE_ARN } from './a-template';
import { explain } from '../../../cli/explain/explain';
import { parseTemplate } from '../../../cli/explain/template';
import { explanationLines } from '../../../cli/output/explanation-lines';

describe('the table', () => {
  const template = aTemplate(
    {
      Policy: anIdentityPolicy({
        Sid: 'Reads',
        Resource: KEY_ARN,
        Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
      }),
    },
    {
      Statement: [
        DELEGATED_TO_IAM,
        { Sid: 'UsersDecrypt', Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: '*' },
      ],
    },
  );
  const linesAt = (width: number) => explanationLines(explain(FILE, [{ template: parseTemplate(FILE, template) }]), width);

  test('has one line for each row that is short', () => {
    expect(linesAt(160)).toEqual([
      'Key  AWS::KMS::Key  alias/orders',
      '',
      'PRINCIPAL           EFFECT  ACTIONS                                 CONDITIONS                              SOURCE',
      '------------------  ------  --------------------------------------  --------------------------------------  -----------------------------',
      'this account (IAM)  Allow   IAM policies of this account decide     always                                  key policy',
      'Service             Allow   decrypts, reads metadata (DescribeKey)  always                                  key policy: UsersDecrypt',
      'Service             Allow   decrypts                                only via s3.eu-central-1.amazonaws.com  identity policy Policy: Reads',
    ]);
  });

  test('wraps long names within their column', () => {
    expect(linesAt(100).slice(-3)).toEqual([
      'Service             Allow   decrypts                           only via s3.eu-    identity policy',
      '                                                               central-1.         Policy: Reads',
      '                                                               amazonaws.com',
    ]);
  });

  test.each([0, 80, 100, 140])('is at most %d wide, or 80, and omits nothing', (width) => {
    const lines = linesAt(width);
    expect(lines.filter((line) => line.length > Math.max(width, 80))).toEqual([]);
    const text = lines.join('').replace(/\s/g, '');
    for (const word of ['Service', 'UsersDecrypt', 'Reads']) expect(text).toContain(word);
  });
});
