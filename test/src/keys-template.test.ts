import { KeyGuestsStack } from '../../examples/keys/key-guests-stack';
import { KeyKindsStack } from '../../examples/keys/key-kinds-stack';
import { KeyPosturesStack } from '../../examples/keys/key-postures-stack';
import { readableKeys } from '../support/readable-keys';
import { readableTemplate } from '../support/readable-template';

describe('the keys of examples/keys are the ones that were reviewed', () => {
  test('one of every kind', () => {
    expect(readableKeys(readableTemplate((app) => new KeyKindsStack(app, 'KeyKinds')))).toMatchSnapshot();
  });

  test('the three postures', () => {
    expect(readableKeys(readableTemplate((app) => new KeyPosturesStack(app, 'KeyPostures')))).toMatchSnapshot();
  });

  test('the guests', () => {
    expect(readableKeys(readableTemplate((app) => new KeyGuestsStack(app, 'KeyGuests')))).toMatchSnapshot();
  });
});
