import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotCheck, installCfnLint, lint } from './cfn-lint';

let directory: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'cfn-lint-')); });
afterEach(() => { rmSync(directory, { recursive: true }); });

test('without Python the check fails, and reports no clean result', () => {
  expect(() => installCfnLint(join(directory, 'cfn-lint'), 'no-such-python')).toThrow(CannotCheck);
  expect(() => installCfnLint(join(directory, 'cfn-lint'), 'no-such-python')).toThrow(/needs Python 3 .* put no-such-python on the PATH/);
});

test('a failed cfn-lint without findings is an error, and no clean result', () => {
  expect(() => lint(join(directory, 'no-such-program'), [])).toThrow(CannotCheck);
  expect(() => lint('false', [])).toThrow(CannotCheck);
});
