import { Command, InvalidArgumentError } from 'commander';
import { parseFaultRule, type FaultRule } from '../kms/service/faults/fault-rule';

/** What the demo was asked for. */
export interface DemoOptions {
  readonly records: number;
  readonly json: boolean;
  readonly seed: number;
  readonly fault: readonly FaultRule[];
}

/** Reads the command line, and teaches it with `--help`. */
export function readOptions(argv: readonly string[]): DemoOptions {
  return new Command('npm run demo --')
    .description('Deploys examples/orders, writes data keys, lets the schedule rotate the key and retire the old one while the application goes on writing,\nand proves that nothing was lost.\n'
      + 'Everything runs in this process: no AWS account, no network beyond this machine.')
    .option('--records <number>', 'orders written before the rotation begins, each with a data key', wholeNumber, 2000)
    .option('--fault <rule>', 'what goes wrong in KMS, for example throttle:0.3 or throttle:0.3:ReEncrypt; may be repeated', collectFault, [])
    .option('--seed <number>', 'what the chances of faults are drawn from', wholeNumber, 1)
    .option('--json', 'print one JSON object and nothing else', false)
    .addHelpText('after', '\nExit status 0 only if nothing was lost and the old key is pending deletion, with a certificate.')
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
