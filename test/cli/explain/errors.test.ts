import { aTemplate, FILE } from './a-template';
import { explain } from '../../../cli/explain/explain';
import { parseTemplate } from '../../../cli/explain/template';

describe('an error names', () => {
  const explained = (text: string, logicalId?: string) => () => explain(FILE, [{ template: parseTemplate(FILE, text) }], { logicalId });

  test.each<[string, string, RegExp]>([
    [
      'a file that is not JSON',
      'Resources: {}',
      /^Orders\.template\.json: file is not JSON \(.+\); synthesize the stack with cdk synth and name/,
    ],
    ['an empty file', ' \n', /^Orders\.template\.json: file is empty; synthesize the stack with cdk synth and name/],
    [
      'JSON that is not an object',
      '[]',
      /^Orders\.template\.json: file is not a CloudFormation template, got JSON that is not an object; allowed: an object with Resources, each of which has a Type; name/,
    ],
    ['an object without resources', '{"version":"36"}', /: file is not a CloudFormation template, got an object with version; /],
    ['a template of a stack without resources', '{"Parameters":{},"Rules":{}}', /^Orders\.template\.json: no KMS key is declared; /],
    ['resources without a type', '{"Resources":{"Key":{}}}', /: file is not a CloudFormation template, got an object with Resources; /],
    [
      'a template without a key',
      '{"Resources":{"Role":{"Type":"AWS::IAM::Role"}}}',
      /: no KMS key is declared; allowed: resources of type AWS::KMS::Key, AWS::KMS::ReplicaKey or Custom::RotatingKey; name the template of the stack/,
    ],
    [
      'a family that is not JSON',
      '{"Resources":{"Key":{"Type":"Custom::RotatingKey","Properties":{"Family":{"Ref":"Parameter"}}}}}',
      /^Key: family of the rotating key cannot be read; allowed: a Family with a policyDocument/,
    ],
    ['a key policy without statements', aTemplate({}, {}), /^Key: policy cannot be read, got nothing; allowed: a policy document/],
    [
      'an identity policy without statements',
      aTemplate({ Policy: { Type: 'AWS::IAM::Policy', Properties: {} } }),
      /^Policy: policy cannot be read, got nothing; /,
    ],
  ])('%s', (_, text, message) => {
    expect(explained(text)).toThrow(message);
  });

  test('the template in a directory', () => {
    const templates = [
      { file: 'Orders.template.json', template: parseTemplate(FILE, aTemplate()) }, { file: 'Other.template.json', template: parseTemplate(FILE, aTemplate({}, {})) },
    ];
    expect(() => explain('cdk.out', templates)).toThrow(/^Other\.template\.json, Key: policy cannot be read, got nothing; allowed: /);
    expect(() => explain('cdk.out', templates, { logicalId: 'Missing' })).toThrow('cdk.out: no key has this logical id, got Missing; allowed: Key; name');
  });

  test('a logical id that is not in the template', () => {
    expect(explained(aTemplate(), 'Missing')).toThrow(
      'Orders.template.json: no key has this logical id, got Missing; allowed: Key; name one of them, or omit --key to list all',
    );
  });
});
