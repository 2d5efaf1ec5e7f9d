import fc from 'fast-check';
import { generationAlias, generationOfAlias } from '../../../src/contract/family/generation-tags';

test('the number of a generation is read back from its alias', () => {
  fc.assert(fc.property(fc.nat(9999), (generation) => {
    expect(generationOfAlias('alias/orders', generationAlias('alias/orders', generation))).toBe(generation);
  }));
});

test.each(['10000', '9007199254740991', '01', '-1', ''])('an alias that ends in g%s is that of no generation', (digits) => {
  expect(generationOfAlias('alias/orders', `alias/orders/g${digits}`)).toBeUndefined();
});

test('the alias of generation 3 is alias/orders/g3', () => {
  expect(generationAlias('alias/orders', 3)).toBe('alias/orders/g3');
});

test.each([
  'alias/orders',
  'alias/orders/',
  'alias/orders/g',
  'alias/orders/g01',
  'alias/orders/g-1',
  'alias/orders/g1.0',
  'alias/orders/g1 ',
  'alias/orders/gold',
  'alias/orders/guests/g1',
  'alias/orders/g1/g1',
  'alias/other/g1',
  'alias/orders2/g1',
  'alias/ordersg1',
])('%s is not the alias of a generation of alias/orders', (alias) => {
  expect(generationOfAlias('alias/orders', alias)).toBeUndefined();
});
