import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMS } from '@aws-sdk/client-kms';
import { UnconditionalDenyAuthorizer } from '../../../../local/kms/authorization/unconditional-deny-authorizer';
import { readCommandLine } from '../../../../local/kms/command-line';
import { aKey, aLocalKms, refusalOf, REGION } from '../local-kms-bench';

const ROOT = join(__dirname, '../../../..');
const COMMAND = ['--import', 'tsx', 'local/kms/main.ts'];

interface Ended { readonly code: number | null; readonly stdout: string; readonly stderr: string }

const started: ChildProcess[] = [];

// Processes that a failed test has left. For a process that has ended, this has no effect.
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

/** A process whose output is collected; `begun` resolves with its first line. */
function start(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; begun: Promise<string>; ended: Promise<Ended> } {
  const { npm_lifecycle_event: _, ...rest } = process.env;
  const child = spawn(command, args, { cwd: ROOT, env: { ...rest, ...env } });
  started.push(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const begun = once(child.stdout, 'data').then(([chunk]) => String(chunk));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, begun, ended };
}

test('it prints its endpoint, serves, and exits with 0 on SIGTERM', async () => {
  const { child, begun, ended } = start(process.execPath, [
    ...COMMAND,
    '--port',
    '0',
    '--fault',
    'throttle:CreateAlias',
    '--enforce-denies',
    '--verbose',
  ]);
  const line = await begun;
  expect(line).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
  const endpoint = line.trim().split(' ').at(-1);
  const kms = new KMS({ endpoint, region: REGION, maxAttempts: 1, credentials: { accessKeyId: 'tester', secretAccessKey: 'any' } });

  const { KeyId } = await aKey(kms);
  expect(await refusalOf(kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId }))).toMatch(/^ThrottlingException/);
  const Policy = JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action: 'kms:DisableKey', Resource: '*' } });
  await kms.putKeyPolicy({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
  expect(await refusalOf(kms.disableKey({ KeyId }))).toMatch(/^AccessDeniedException/);

  child.kill('SIGTERM');
  const { code, stdout, stderr } = await ended;
  kms.destroy();
  expect({ code, stdout }).toEqual({ code: 0, stdout: line });
  expect(stderr).toContain(`DisableKey AccessDeniedException by tester in ${REGION} arn:aws:kms:${REGION}:111122223333:key/${KeyId}\n`);
});

test('it prints its endpoint as JSON, and exits with 0 on SIGINT', async () => {
  const { child, begun, ended } = start(process.execPath, [...COMMAND, '--port', '0', '--json']);
  expect(JSON.parse(await begun)).toEqual({
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    pid: child.pid,
    settings: { seed: 1, faults: [], quotas: null, delays: {}, state: null, enforcePolicies: false, enforceDenies: false },
  });
  child.kill('SIGINT');
  expect((await ended).code).toBe(0);
});

test('it enforces the policies of a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'local-kms-'));
  const file = join(folder, 'policies.json');
  const reader = 'arn:aws:iam::111122223333:role/reader';
  await writeFile(file, JSON.stringify({ principals: { reader } }));
  const { child, begun, ended } = start(process.execPath, [...COMMAND, '--port', '0', '--enforce-policies', file, '--json']);
  const { endpoint, settings } = JSON.parse(await begun);
  expect(settings).toMatchObject({ enforcePolicies: true });
  const kms = new KMS({ endpoint, region: REGION, maxAttempts: 1, credentials: { accessKeyId: 'reader', secretAccessKey: 'any' } });
  expect(await refusalOf(kms.createKey({}))).toBe(`AccessDeniedException: User: ${reader} is not authorized to perform: `
    + 'kms:CreateKey on resource: * because no identity-based policy allows the kms:CreateKey action');
  kms.destroy();
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
  await rm(folder, { recursive: true });
});

test('the state file keeps the state after the process is stopped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'local-kms-'));
  const flags = [...COMMAND, '--port', '0', '--state', join(folder, 'keys.json'), '--quota-profile', REGION];
  const aClient = (line: string) =>
    new KMS({
      endpoint: line.trim().split(' ').at(-1),
      region: REGION,
      maxAttempts: 1,
      credentials: { accessKeyId: 'tester', secretAccessKey: 'any' },
    });
  try {
    const first = start(process.execPath, flags);
    const before = aClient(await first.begun);
    const { KeyId } = await aKey(before);
    before.destroy();
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);

    const second = start(process.execPath, flags);
    const after = aClient(await second.begun);
    expect((await after.listKeys({})).Keys).toMatchObject([{ KeyId }]);
    after.destroy();
    second.child.kill('SIGINT');
    expect((await second.ended).code).toBe(0);

    await writeFile(join(folder, 'keys.json'), '{');
    expect(await start(process.execPath, flags).ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('the state file is not JSON'),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('it ends when the npm process that started it ends', async () => {
  // As npm does: a shell between, which does not forward SIGTERM.
  const { child, begun, ended } = start('sh', ['-c', `"${process.execPath}" ${COMMAND.join(' ')} --port 0; true`], {
    npm_lifecycle_event: 'local-kms',
  });
  const endpoint = (await begun).trim().split(' ').at(-1)!;
  expect((await fetch(endpoint, { method: 'POST' })).status).toBe(404);

  child.kill('SIGTERM');

  // The output closes only when the server has also ended.
  await ended;
  await expect(fetch(endpoint, { method: 'POST' })).rejects.toThrow('fetch failed');
});

test('a port in use is an error that names the port', async () => {
  const { server } = await aLocalKms();
  const { port } = new URL(server.endpoint);
  expect(await start(process.execPath, [...COMMAND, '--port', port]).ended).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(`local-kms: the port is in use by another process, got 127.0.0.1:${port}; `
      + 'choose another with --port or --host; --port 0 selects a free port\n'),
  });
});

test('--help shows the commands of the package, and the error of an unknown option refers to it', async () => {
  const help = await start(process.execPath, [...COMMAND, '--help']).ended;
  expect(help.code).toBe(0);
  for (const word of [
    '--port',
    '--fault',
    '--delay',
    '--enforce-policies',
    '--enforce-denies',
    '--state',
    '--quota-profile',
    'key material in the clear',
    '/_local/',
    'npx local-kms --port 4599',
    'aws --endpoint-url',
    'docs/local-kms.md',
  ]) {
    expect(help.stdout).toContain(word);
  }
  const mistyped = await start(process.execPath, [...COMMAND, '--prot', '1']).ended;
  expect(mistyped).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/unknown option '--prot'.*; see --help/s) });
});

describe('the options', () => {
  test('without any', () => {
    expect(readCommandLine([])).toEqual({ json: false, options: { port: 4599, host: '127.0.0.1', seed: 1, faults: [] } });
  });

  test('with all', () => {
    const { json, options } = readCommandLine([
      '--port',
      '0',
      '--host',
      '::1',
      '--seed',
      '7',
      '--fault',
      'throttle:0.3:ReEncrypt',
      '--fault',
      'latency=20',
      '--enforce-denies',
      '--json',
      '--state',
      'keys.json',
      '--quota-profile',
      'us-east-1',
      '--delay',
      'alias=5000',
      '--delay',
      'replication=0',
    ]);
    expect(json).toBe(true);
    expect(options).toMatchObject({
      port: 0,
      host: '::1',
      seed: 7,
      stateFile: 'keys.json',
      quotas: { profile: 'us-east-1' },
      delays: { aliasMilliseconds: 5000, replicationMilliseconds: 0 },
      faults: [{ kind: 'throttle', probability: 0.3, operation: 'ReEncrypt' }, { kind: 'latency', latencyMilliseconds: 20 }],
    });
    expect(options.authorizer).toBeInstanceOf(UnconditionalDenyAuthorizer);
  });

  test.each([
    ['--port', '65536', '--port: is not a whole number in range, got 65536; allowed: 0 to 65535; see --help'],
    ['--port', 'http', '--port: is not a whole number in range, got http; allowed: 0 to 65535; see --help'],
    ['--seed', '-1', '--seed: is not a whole number in range, got -1; allowed: 0 to 9007199254740991; see --help'],
    [
      '--delay',
      'tag=5',
      '--delay: is not a delay, got tag=5; allowed: replication, alias, policy, grant, read, usage, with = and a number of milliseconds; write for example alias=5000',
    ],
    [
      '--delay',
      'alias=soon',
      '--delay: is not a delay, got alias=soon; allowed: replication, alias, policy, grant, read, usage, with = and a number of milliseconds; ' +
        'write for example alias=5000',
    ],
    [
      '--fault',
      'throttle:2',
      'fault throttle:2: fault has an impossible probability, got 2; allowed: a number from 0 to 1; ' +
        'write for example throttle:0.3:ReEncrypt, answerLost:#5 or latency=20',
    ],
  ])('%s %s is refused', (flag, value, message) => {
    expect(() => readCommandLine([`${flag}=${value}`])).toThrow(expect.objectContaining({ name: 'InvalidRequest', message }));
  });
});
