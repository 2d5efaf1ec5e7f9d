import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, runSuccessfully } from '../processes/run';

/** The version that launch.py and its patches are written for. */
export const MINISTACK_VERSION = '1.5.33';

const LEAST_PYTHON = [3, 10] as const;
const INSTALL_SECONDS = 300;

/** The emulator cannot be had on this machine: nothing is wrong with the project. */
export class EmulatorUnavailable extends Error {}

/**
 * Makes a virtual environment with the emulator in it, unless there is one. The answer is its Python.
 *
 * @param interpreters what Python may be called on this machine
 */
export async function pythonWithEmulator(folder: string, interpreters: readonly string[] = ['python3', 'python']): Promise<string> {
  const python = join(folder, 'bin', 'python');
  if (existsSync(python) && await installedVersion(python) === MINISTACK_VERSION) return python;
  const system = await systemPython(interpreters);
  try {
    await runSuccessfully(system, ['-m', 'venv', '--clear', folder], { withinSeconds: INSTALL_SECONDS });
    await runSuccessfully(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ministack==${MINISTACK_VERSION}`], { withinSeconds: INSTALL_SECONDS });
  } catch (error) {
    throw new EmulatorUnavailable(`ministack ${MINISTACK_VERSION} cannot be installed from PyPI: ${(error as Error).message}`, { cause: error });
  }
  return python;
}

async function systemPython(interpreters: readonly string[]): Promise<string> {
  const [major, minor] = LEAST_PYTHON;
  for (const name of interpreters) {
    const { exitCode } = await run(name, ['-c', `import sys, venv; sys.exit(sys.version_info < (${major}, ${minor}))`], { withinSeconds: 30 })
      .catch(() => ({ exitCode: 1 }));
    if (exitCode === 0) return name;
  }
  throw new EmulatorUnavailable(`Python ${major}.${minor} or newer, with its module venv, is not on this machine: install it, or run the other tests only`);
}

async function installedVersion(python: string): Promise<string | undefined> {
  const read = 'import importlib.metadata as installed; print(installed.version("ministack"))';
  const { exitCode, output } = await run(python, ['-c', read], { withinSeconds: 30 });
  return exitCode === 0 ? output.trim() : undefined;
}
