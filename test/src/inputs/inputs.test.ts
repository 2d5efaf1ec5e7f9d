import { ALIAS_INPUTS } from './rows/aliases';
import { CUSTOMER_MANAGED_KEY_INPUTS } from './rows/customer-managed-key';
import { GRANT_AND_REFERENCE_INPUTS } from './rows/grants-and-references';
import { IMPORTED_MATERIAL_KEY_INPUTS } from './rows/imported-material-key';
import { NO_PRINCIPAL_INPUTS } from './rows/no-principals';
import { ROTATING_KEY_INPUTS } from './rows/rotating-key';
import { STORE_INPUTS } from './rows/stores';
import { testInputs } from './test-inputs';

describe('a customer managed key', () => testInputs(CUSTOMER_MANAGED_KEY_INPUTS));
describe('a key with imported key material', () => testInputs(IMPORTED_MATERIAL_KEY_INPUTS));
describe('a store', () => testInputs(STORE_INPUTS));
describe('a grant, a method or a reference', () => testInputs(GRANT_AND_REFERENCE_INPUTS));
describe('an alias', () => testInputs(ALIAS_INPUTS));
describe('what is no principal', () => testInputs(NO_PRINCIPAL_INPUTS));

test('the tables together have the size of the tour that found 42 errors of internals', () => {
  const tables = [CUSTOMER_MANAGED_KEY_INPUTS, IMPORTED_MATERIAL_KEY_INPUTS, STORE_INPUTS, GRANT_AND_REFERENCE_INPUTS, ROTATING_KEY_INPUTS];
  expect(tables.flat().length).toBeGreaterThanOrEqual(320);
});
