import { KeyKindsStack } from '../../../examples/keys/key-kinds-stack';
import { KeyPosturesStack } from '../../../examples/keys/key-postures-stack';
import { KeyServiceUsersStack } from '../../../examples/keys/key-service-users-stack';
import { projectTemplate } from '../../support/template/project-template';
import { readableTemplateOf } from '../../support/template/readable-template';

describe('the projection of a stack of examples/keys is the reviewed one', () => {
  test('one key of every kind', () => {
    expect(projectTemplate(readableTemplateOf((app) => new KeyKindsStack(app, 'KeyKinds')))).toMatchSnapshot();
  });

  test('the three postures', () => {
    expect(projectTemplate(readableTemplateOf((app) => new KeyPosturesStack(app, 'KeyPostures')))).toMatchSnapshot();
  });

  test('service users and a grant', () => {
    expect(projectTemplate(readableTemplateOf((app) => new KeyServiceUsersStack(app, 'KeyServiceUsers')))).toMatchSnapshot();
  });
});
