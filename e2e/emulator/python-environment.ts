import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, runSuccessfully } from '../processes/run';

/** The version for which launch.py and its patches are written. */
export const MINISTACK_VERSION = '1.5.33';

const MIN_PYTHON = [3, 10] as const;
const INSTALL_TIMEOUT_SECONDS = 300;
const CHECK_TIMEOUT_SECONDS = 30;

/** The emulator is not available on this machine. The project has no fault. */
export class EmulatorUnavailable extends Error {}

/**
 * Creates a virtual environment with the emulator, unless it exists. Returns its Python interpreter.
 *
 * @param interpreters possible names of Python on this machine
 */
export async function pythonWithEmulator(folder: string, interpreters: readonly string[] = ['python3', 'python']): Promise<string> {
  const python = join(folder, 'bin', 'python');
  if (existsSync(python) && await installedVersion(python) === MINISTACK_VERSION) return python;
  const system = await systemPython(interpreters);
  try {
    await runSuccessfully(system, ['-m', 'venv', '--clear', folder], { timeoutSeconds: INSTALL_TIMEOUT_SECONDS });
    await runSuccessfully(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ministack==${MINISTACK_VERSION}`], {
      timeoutSeconds: INSTALL_TIMEOUT_SECONDS,
    });
  } catch (error) {
    const reason = (error as Error).message;
    throw new EmulatorUnavailable(`ministack ${MINISTACK_VERSION} cannot be installed from PyPI: ${reason}`, { cause: error });
  }
  return python;
}

async function systemPython(interpreters: readonly string[]): Promise<string> {
  const [major, minor] = MIN_PYTHON;
  for (const name of interpreters) {
    const check = `import sys, venv; sys.exit(sys.version_info < (${major}, ${minor}))`;
    const { exitCode } = await run(name, ['-c', check], { timeoutSeconds: CHECK_TIMEOUT_SECONDS }).catch(() => ({ exitCode: 1 }));
    if (exitCode === 0) return name;
  }
  throw new EmulatorUnavailable(`Python ${major}.${minor} or newer with its module venv is not installed; install it to run these tests`);
}

async function installedVersion(python: string): Promise<string | undefined> {
  const read = 'import importlib.metadata as installed; print(installed.version("ministack"))';
  const { exitCode, output } = await run(python, ['-c', read], { timeoutSeconds: CHECK_TIMEOUT_SECONDS });
  return exitCode === 0 ? output.trim() : undefined;
}
