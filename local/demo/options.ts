import { Command, InvalidArgumentError } from 'commander';
import { parseFaultRule, type FaultRule } from '../kms/service/faults/fault-rule';

/** The command-line options of the demo. */
export interface DemoOptions {
  readonly records: number;
  readonly json: boolean;
  readonly seed: number;
  readonly fault: readonly FaultRule[];
}

/** Reads the command line. `--help` describes it. */
export function readOptions(argv: readonly string[]): DemoOptions {
  return new Command('npm run demo --')
    .description(
      'Deploys examples/orders and writes orders, each with a data key. The schedule then rotates the key and retires the old\n' +
        'generation, while the application continues to write. At the end every order is decrypted and compared with what was\n' +
        'written. Then the stack is destroyed, deployed again, and adopted by another one.\n' +
        'Everything runs in this process: no AWS account, no network beyond this machine.',
    )
    .option('--records <number>', 'orders written before the rotation begins, each with a data key', wholeNumber, 2000)
    .option(
      '--fault <rule>',
      'fault that the local KMS injects, for example throttle:0.3 or throttle:0.3:ReEncrypt; can be repeated',
      collectFault,
      [],
    )
    .option('--seed <number>', 'seed of the random numbers that decide when a fault occurs', wholeNumber, 1)
    .option('--json', 'print one JSON object and nothing else', false)
    .addHelpText(
      'after',
      '\nThe exit status is 0 only if no record is lost, quarantined or left under the old generation,\n' +
        'the KMS key of the old generation is pending deletion, with a certificate, and policies refused the intended calls only.',
    )
    .parse([...argv], { from: 'user' })
    .opts<DemoOptions>();
}

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,6}$/.test(text)) throw new InvalidArgumentError('allowed: a whole number from 1 to 9999999');
  return Number(text);
}

function collectFault(text: string, previous: readonly FaultRule[]): FaultRule[] {
  try {
    return [...previous, parseFaultRule(text)];
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
