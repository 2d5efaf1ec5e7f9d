import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { WrappingAlgorithm, WrappingKeySpec } from './wrapping-algorithms';
import { expiredImportToken, invalidImportToken } from '../../protocol/errors';

/** The contents of an import token: one key, and how its key material is wrapped. */
export interface ImportParameters {
  readonly keyArn: string;
  readonly wrappingAlgorithm: WrappingAlgorithm;
  readonly wrappingKeySpec: WrappingKeySpec;
  /** Epoch milliseconds. */
  readonly validTo: number;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Issues and reads import tokens. They are sealed with a secret of this KMS, so that no caller can create
 * or change one.
 */
export class ImportTokens {
  private readonly secret = randomBytes(32);

  /** Issues a token. Every token is unique, even for the same parameters. */
  public issue(parameters: ImportParameters): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.secret, nonce);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(parameters)), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** The parameters of a token that is for this key and still valid. A token may be used more than once. */
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
