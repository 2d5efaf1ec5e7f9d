import { decodeRotationInput } from '../../../lambda/rotation/decide/rotation-input';

test.each<[object]>([[{}], [{ toGeneration: 4 }], [{ rollBackTo: 0 }]])('%j starts a rotation', (input) => {
  expect(decodeRotationInput('alias/orders', input)).toEqual(input);
});

test.each<[unknown, RegExp]>([
  [{ rollbackTo: 2 }, /input has an unknown member, got "rollbackTo"; allowed: \{\}, .*"rollBackTo": 2.*; remove it/],
  [{ Comment: 'Insert your JSON here' }, /got "Comment"/],
  [{ toGeneration: '4' }, /toGeneration is not a generation number, got "4"/],
  [{ rollBackTo: -1 }, /rollBackTo is not a generation number, got -1/],
  [{ rollBackTo: 1.5 }, /got 1.5/],
  [{ rollBackTo: null }, /got null/],
  [{ toGeneration: 4, rollBackTo: 2 }, /input has both toGeneration and rollBackTo/],
  [undefined, /input is not a JSON object, got nothing/],
  [null, /got null/],
  [[], /got \[\]/],
  ['rotate', /got "rotate"/],
])('%j is refused, and the error lists every valid input', (input, message) => {
  expect(() => decodeRotationInput('alias/orders', input)).toThrow(
    expect.objectContaining({
      name: 'InvalidRequest',
      message: expect.stringMatching(message),
      problem: {
        where: 'rotation of alias/orders',
        what: expect.any(String),
        given: expect.any(String),
        allowed: expect.any(String),
        remedy: expect.any(String),
      },
    }),
  );
});

test('a long input is shortened in the error', () => {
  expect(() => decodeRotationInput('alias/orders', 'x'.repeat(1000))).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^.{0,300}$/) }),
  );
});
