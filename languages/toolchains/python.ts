import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from './language';

/** Python: a wheel, installed into a virtual environment. */
export const PYTHON: Language = {
  name: 'Python',
  target: 'python',
  tools: [
    { name: 'Python 3 (python3)', command: 'python3', args: ['--version'] },
    { name: 'its module venv with pip (python3-venv)', command: 'python3', args: ['-c', 'import venv, ensurepip'] },
  ],
  async synthesize({ folder, generated, versions, run }) {
    const python = join(folder, 'environment', 'bin', 'python');
    const wheels = join(folder, 'wheels');
    await run('python3', '-m', 'venv', 'environment');
    await run(python, '-m', 'pip', 'wheel', '--quiet', '--no-deps', '--wheel-dir', wheels, generated);
    const wheel = readdirSync(wheels).map((name) => join(wheels, name));
    await run(python, '-m', 'pip', 'install', '--quiet', ...wheel, `aws-cdk-lib==${versions.cdk}`, `constructs==${versions.constructs}`);
    await run(python, 'app.py');
  },
};
