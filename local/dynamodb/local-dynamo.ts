import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';

/** DynamoDB server in this process, for tests and the demo. All data is in memory and is deleted when it stops. */
export interface LocalDynamo {
  /** The endpoint for clients, such as `http://127.0.0.1:4602`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts the server on a free port of the loopback interface. */
export async function startLocalDynamo(): Promise<LocalDynamo> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // With the real time in the response, an SDK on the virtual clock takes every error for a clock skew.
  server.prependListener('request', (_, response) => { response.sendDate = false; });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve, reject) => {
      server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
      // Connections that clients keep alive would keep the server open.
      server.closeAllConnections();
    }),
  };
}
