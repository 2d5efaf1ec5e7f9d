import { ROTATING_KEY_INPUTS } from './rows/rotating-key';
import { testInputs } from './test-inputs';

testInputs(ROTATING_KEY_INPUTS);
