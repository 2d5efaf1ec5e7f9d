import { Command, Option } from 'commander';
import { readPolicyFile } from './authorization/policies';
import { UnconditionalDenyAuthorizer } from './authorization/unconditional-deny-authorizer';
import type { LocalKmsOptions } from './local-kms';
import { parseDelay, type Delays } from './service/control/delays';
import { parseFaultRule, type FaultRule } from './service/faults/fault-rule';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/** The result of reading the command line. */
export interface LocalKmsCommand {
  readonly options: LocalKmsOptions;
  /** Print address, process id and settings as one JSON object instead of a sentence. */
  readonly json: boolean;
}

const EXAMPLES = `
Start it, and call it with the AWS CLI or any AWS SDK:
  $ npx local-kms --port 4599
  $ export AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=eu-central-1
  $ aws --endpoint-url http://127.0.0.1:4599 kms create-key --origin EXTERNAL

An access key of twelve digits is the account; any other belongs to account 111122223333. Each account and Region has
its own keys. Signatures are not checked: never use real data or real key material here.

Without --state, all keys are in memory and are deleted when the process ends. With --state, keys and aliases are read
from the file at the start and written to it at the end:
  $ npx local-kms --state keys.json
The file holds key material in the clear. Import tokens and wrapping keys are not kept: get new ones after a restart.

Change it while it runs, through its control API, which lists its requests:
  $ curl http://127.0.0.1:4599/_local/
  $ curl -X POST http://127.0.0.1:4599/_local/clock/advance -d '{"milliseconds":86400000}'
  $ curl -X PUT http://127.0.0.1:4599/_local/quotas -d '{"rates":{"symmetric":100}}'

Faults, which are the same for the same seed:
  --fault throttle:0.3:ReEncrypt      three of ten ReEncrypt calls are throttled
  --fault answerLost:#5:CreateKey     the fifth CreateKey has its effect, but its answer is lost
  --fault connectionReset:0.1         one of ten calls loses its connection before it has any effect
  --fault internalError:0.01          one of a hundred calls of any operation fails with an internal error
  --fault latency=20                  every call takes 20 ms more

Delays of changes, on the virtual clock of the KMS: alias, policy, grant, replication:
  --delay alias=5000                  an alias that was moved still resolves to its former key for 5 seconds

Enforcement of policies, if their evaluator is installed (npm install --save-dev @cloud-copilot/iam-simulate):
  $ echo '{"principals":{"reader":"arn:aws:iam::111122223333:role/reader"},"identityPolicies":{}}' > policies.json
  $ npx local-kms --enforce-policies policies.json
A caller with the access key "reader" is then that role, and only has the permissions that key policies, grants and
its own policies allow.

Documentation: https://github.com/cdk-kms-lifecycle/cdk-kms-lifecycle/blob/main/docs/local-kms.md
`;

interface GivenFlags {
  readonly port: string;
  readonly host: string;
  readonly seed: string;
  readonly fault: readonly string[];
  readonly delay: readonly string[];
  readonly state?: string;
  readonly quotaProfile?: string;
  readonly enforcePolicies?: string;
  readonly enforceDenies?: true;
  readonly verbose?: true;
  readonly json?: true;
}

/**
 * Reads the command line. A wrong value throws a `Failure` that names the allowed values; `--help` prints and
 * ends the process.
 */
export function readCommandLine(argv: readonly string[]): LocalKmsCommand {
  const command = new Command('local-kms')
    .description('Serves a local KMS over HTTP until it is stopped: real cryptography, key states and errors of AWS, no AWS account.')
    .addOption(new Option('--port <number>', 'port to listen on; 0 selects a free port').default('4599'))
    .addOption(new Option('--host <address>', 'address to listen on; the default is reachable from this machine only').default('127.0.0.1'))
    .addOption(new Option('--seed <number>', 'seed of the probabilities of faults').default('1'))
    .addOption(new Option('--fault <rule>', 'add a fault (repeatable), see below').default([]).argParser(collect))
    .addOption(new Option('--delay <what=milliseconds>', 'delay the effect of changes (repeatable), see below')
      .default([]).argParser(collect))
    .addOption(new Option('--state <file>', 'keep keys and aliases in this file, with key material in the clear'))
    .addOption(new Option('--quota-profile <region>', 'throttle calls above the request quotas that AWS publishes for this Region'))
    .addOption(new Option('--enforce-policies <file>', 'enforce key policies, grants and the identity policies in this file, see below')
      .conflicts('enforceDenies'))
    .addOption(new Option(
      '--enforce-denies', 'without an evaluator: enforce the unconditional Deny statements of key policies for all principals'))
    .addOption(new Option('--verbose', 'print one line for each call to standard error'))
    .addOption(new Option('--json', 'print address, process id and settings as one JSON object'))
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(argv as string[], { from: 'user' });
  const given = command.opts<GivenFlags>();
  return {
    json: given.json === true,
    options: {
      port: wholeNumber('--port', given.port, 0, 65535),
      host: given.host,
      seed: wholeNumber('--seed', given.seed, 0, Number.MAX_SAFE_INTEGER),
      faults: given.fault.map((text): FaultRule => parseFaultRule(text)),
      quotas: given.quotaProfile === undefined ? undefined : { profile: given.quotaProfile },
      delays: given.delay.length === 0 ? undefined : Object.assign({}, ...given.delay.map(parseDelay)) as Partial<Delays>,
      stateFile: given.state,
      enforcePolicies: given.enforcePolicies === undefined ? undefined : readPolicyFile(given.enforcePolicies),
      authorizer: given.enforceDenies === true ? new UnconditionalDenyAuthorizer() : undefined,
      onCall: given.verbose === true
        ? ({ operation, status, accessKey, region, keyArns }) =>
          process.stderr.write(`${operation} ${status} by ${accessKey} in ${region} ${keyArns.join(' ')}\n`)
        : undefined,
    },
  };
}

function collect(text: string, previous: string[]): string[] {
  return [...previous, text];
}

function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: flag, what: 'is not a whole number in range', given: text, allowed: `${min} to ${max}`, remedy: 'see --help',
  });
}
