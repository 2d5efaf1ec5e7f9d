import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { WrappingAlgorithm, WrappingKeySpec } from './wrapping-algorithms';
import { expiredImportToken, invalidImportToken } from '../../protocol/errors';

/** What an import token stands for: one key, and how its material will come wrapped. */
export interface ImportParameters {
  readonly keyArn: string;
  readonly wrappingAlgorithm: WrappingAlgorithm;
  readonly wrappingKeySpec: WrappingKeySpec;
  /** Epoch milliseconds. */
  readonly validTo: number;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Makes and reads import tokens: sealed with a secret of this KMS, so that nobody can make or change one. */
export class ImportTokens {
  private readonly secret = randomBytes(32);

  /** Unlike any other token, even of the same parameters. */
  public issue(parameters: ImportParameters): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.secret, nonce);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(parameters)), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** The parameters of a token that is for this key and still valid. It may be used more than once. */
  public redeem(token: Buffer, keyArn: string, now: number): ImportParameters {
    const parameters = this.read(token);
    if (parameters.keyArn !== keyArn) throw invalidImportToken();
    if (parameters.validTo <= now) throw expiredImportToken();
    return parameters;
  }

  private read(token: Buffer): ImportParameters {
    if (token.length <= NONCE_BYTES + TAG_BYTES) throw invalidImportToken();
    const decipher = createDecipheriv('aes-256-gcm', this.secret, token.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(token.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const opened = Buffer.concat([decipher.update(token.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(opened.toString()) as ImportParameters;
    } catch {
      throw invalidImportToken();
    }
  }
}
