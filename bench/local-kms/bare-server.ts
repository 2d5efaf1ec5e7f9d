import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveMeasured } from './measured-server';

/*
 * The minimum that a KMS must do over HTTP: read JSON, decrypt one AES-GCM ciphertext, encrypt another, write JSON. It
 * has one key, checks nothing and stores nothing, and so shows what the local KMS costs beyond that.
 */
const key = createSecretKey(randomBytes(32));
const NONCE = 12;
const TAG = 16;

function seal(plaintext: Buffer, context: object): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(JSON.stringify(context)));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function open(blob: Buffer, context: object): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(0, NONCE));
  decipher.setAAD(Buffer.from(JSON.stringify(context)));
  decipher.setAuthTag(blob.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([decipher.update(blob.subarray(NONCE + TAG)), decipher.final()]);
}

interface Body {
  readonly CiphertextBlob?: string;
  readonly SourceEncryptionContext: object;
  readonly DestinationEncryptionContext: object;
}

function answer(request: Body): object {
  const { CiphertextBlob: blob, SourceEncryptionContext: source, DestinationEncryptionContext: destination } = request;
  // Without a ciphertext there is nothing to decrypt: the client requests its first one.
  const plaintext = blob === undefined ? randomBytes(32) : open(Buffer.from(blob, 'base64'), source);
  return { CiphertextBlob: seal(plaintext, destination).toString('base64') };
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.stringify(answer(JSON.parse(Buffer.concat(chunks).toString()) as Body));
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => serveMeasured(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
