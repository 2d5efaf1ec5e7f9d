import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';

/** A DynamoDB engine in this process, for laptops and tests: everything in memory, gone when it is stopped. */
export interface LocalDynamo {
  /** `http://127.0.0.1:port`: what a client takes as `endpoint`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts the engine on a free port of the loopback interface. */
export async function startLocalDynamo(): Promise<LocalDynamo> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // The real time would make an SDK on the virtual clock take every error for one of a wrong clock.
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
      // Sockets that clients keep alive would hold the server open.
      server.closeAllConnections();
    }),
  };
}
