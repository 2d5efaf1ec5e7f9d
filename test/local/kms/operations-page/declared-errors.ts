import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const COMMANDS = join(dirname(require.resolve('@aws-sdk/client-kms/package.json')), 'dist-types', 'commands');

/** The errors that AWS declares for an operation, as the documentation inside the SDK lists them. */
export function declaredErrors(operation: string): string[] {
  const file = join(COMMANDS, `${operation}Command.d.ts`);
  if (!existsSync(file)) throw new Error(`the SDK knows no operation ${operation}`);
  const thrown = [...readFileSync(file, 'utf8').matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name as string);
  return thrown.filter((name) => name !== 'KMSServiceException');
}
