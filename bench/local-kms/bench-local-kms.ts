import { join } from 'node:path';
import { BareClient } from './bare-client';
import { MeasuredServer, type Usage } from './measured-server';

/** How many times memory is measured. The two servers alternate, so that other load on the machine affects both. */
const SLICES = 10;
const WARM_UP_CALLS = 5000;
/** The bare server stores nothing: more calls would give no more information. */
const MAX_BARE_CALLS = 100_000;
const SOURCE_CONTEXT = { tenant: 'blue', table: 'orders' };
const DESTINATION_CONTEXT = { table: 'orders', tenant: 'blue', generation: '2' };

export interface LocalKmsResult {
  readonly calls: number;
  readonly connections: number;
  /** Elapsed time. The client and other programs share the machine. */
  readonly seconds: number;
  readonly reEncryptPerSecond: number;
  readonly serverCpuSeconds: number;
  /** Calls per second of one core without other load. */
  readonly reEncryptPerCpuSecond: number;
  readonly bareServerPerSecond: number;
  readonly bareServerPerCpuSecond: number;
  /** Relative to the bare server, by CPU seconds of the servers: 1 would be as fast as a server that is not a KMS. */
  readonly ratioToBareServer: number;
  readonly residentMegabytesAfter: readonly number[];
  readonly residentMemoryLastToFirst: number;
}

interface Total {
  calls: number;
  seconds: number;
  cpuSeconds: number;
}

export async function benchLocalKms({ calls, connections }: { calls: number; connections: number }): Promise<LocalKmsResult> {
  const start = async (script: string) => MeasuredServer.start(join(__dirname, script));
  const servers = [await start('local-kms-server.ts'), await start('bare-server.ts')] as const;
  const [kms, bare] = servers;
  const clients = [new BareClient(kms.endpoint, connections), new BareClient(bare.endpoint, connections)] as const;
  try {
    const kmsBody = await reEncryptBetweenTwoKeys(clients[0]);
    const bareBody = await reEncryptBare(clients[1]);
    await clients[0].repeat('ReEncrypt', kmsBody, WARM_UP_CALLS);
    await clients[1].repeat('ReEncrypt', bareBody, WARM_UP_CALLS);

    const kmsTotal: Total = { calls: 0, seconds: 0, cpuSeconds: 0 };
    const bareTotal: Total = { calls: 0, seconds: 0, cpuSeconds: 0 };
    const residentMegabytesAfter: number[] = [];
    for (let slice = 1; slice <= SLICES; slice++) {
      const due = Math.round(calls * slice / SLICES) - kmsTotal.calls;
      const after = await measure(kms, clients[0], kmsBody, due, kmsTotal);
      residentMegabytesAfter.push(rounded(after.residentMegabytes));
      await measure(bare, clients[1], bareBody, Math.min(due, MAX_BARE_CALLS / SLICES), bareTotal);
    }
    return {
      calls,
      connections,
      seconds: rounded(kmsTotal.seconds),
      reEncryptPerSecond: Math.round(kmsTotal.calls / kmsTotal.seconds),
      serverCpuSeconds: rounded(kmsTotal.cpuSeconds),
      reEncryptPerCpuSecond: Math.round(kmsTotal.calls / kmsTotal.cpuSeconds),
      bareServerPerSecond: Math.round(bareTotal.calls / bareTotal.seconds),
      bareServerPerCpuSecond: Math.round(bareTotal.calls / bareTotal.cpuSeconds),
      ratioToBareServer: rounded((kmsTotal.calls / kmsTotal.cpuSeconds) / (bareTotal.calls / bareTotal.cpuSeconds)),
      residentMegabytesAfter,
      residentMemoryLastToFirst: rounded(residentMegabytesAfter[SLICES - 1]! / residentMegabytesAfter[0]!),
    };
  } finally {
    clients.forEach((client) => client.close());
    for (const server of servers) await server.stop();
  }
}

async function measure(server: MeasuredServer, client: BareClient, body: object, calls: number, total: Total): Promise<Usage> {
  const before = await server.usage();
  total.seconds += await client.repeat('ReEncrypt', body, calls);
  const after = await server.usage();
  total.calls += calls;
  total.cpuSeconds += after.cpuSeconds - before.cpuSeconds;
  return after;
}

async function reEncryptBetweenTwoKeys(client: BareClient): Promise<object> {
  const newKey = async () => (await client.call<{ KeyMetadata: { KeyId: string } }>('CreateKey', {})).KeyMetadata.KeyId;
  const [KeyId, DestinationKeyId] = [await newKey(), await newKey()];
  const { CiphertextBlob } = await client.call<{ CiphertextBlob: string }>(
    'GenerateDataKeyWithoutPlaintext', { KeyId, KeySpec: 'AES_256', EncryptionContext: SOURCE_CONTEXT });
  return {
    CiphertextBlob,
    SourceKeyId: KeyId,
    SourceEncryptionContext: SOURCE_CONTEXT,
    DestinationKeyId,
    DestinationEncryptionContext: DESTINATION_CONTEXT,
  };
}

async function reEncryptBare(client: BareClient): Promise<object> {
  const { CiphertextBlob } = await client.call<{ CiphertextBlob: string }>('Encrypt', { DestinationEncryptionContext: SOURCE_CONTEXT });
  return { CiphertextBlob, SourceEncryptionContext: SOURCE_CONTEXT, DestinationEncryptionContext: DESTINATION_CONTEXT };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
