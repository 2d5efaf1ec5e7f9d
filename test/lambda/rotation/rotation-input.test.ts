import { decodeRotationInput } from '../../../lambda/rotation/decide/rotation-input';

test.each<[object]>([[{}], [{ toGeneration: 4 }], [{ rollBackTo: 0 }]])('%j starts a rotation', (input) => {
  expect(decodeRotationInput('alias/orders', input)).toEqual(input);
});

test.each<[unknown, RegExp]>([
  [{ rollbackTo: 2 }, /input has a member that is not known, got "rollbackTo"; allowed: \{\}, .*"rollBackTo": 2.*; leave it out/],
  [{ Comment: 'Insert your JSON here' }, /got "Comment"/],
  [{ toGeneration: '4' }, /toGeneration is not the number of a generation, got "4"/],
  [{ rollBackTo: -1 }, /rollBackTo is not the number of a generation, got -1/],
  [{ rollBackTo: 1.5 }, /got 1.5/],
  [{ rollBackTo: null }, /got null/],
  [{ toGeneration: 4, rollBackTo: 2 }, /input asks for two things at once/],
  [undefined, /input is not a JSON object, got nothing/],
  [null, /got null/],
  [[], /got \[\]/],
  ['rotate', /got "rotate"/],
])('%j is refused, and every way to ask is told', (input, message) => {
  expect(() => decodeRotationInput('alias/orders', input)).toThrow(expect.objectContaining({
    name: 'InvalidRequest',
    message: expect.stringMatching(message),
    problem: { where: 'rotation of alias/orders', what: expect.any(String), given: expect.any(String), allowed: expect.any(String), remedy: expect.any(String) },
  }));
});

test('a long input is not repeated as a whole', () => {
  expect(() => decodeRotationInput('alias/orders', 'x'.repeat(1000))).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{0,300}$/) }));
});
