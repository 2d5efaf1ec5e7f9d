/** Encoding of key material in a secret. */
export enum SecretEncoding {
  /**
   * Binary secret whose value is the key material. Preferred. Create it with
   * `aws secretsmanager create-secret --secret-binary fileb://key.bin`.
   */
  BINARY = 'binary',
  /** Text secret with the key material in base64. Choose it if a tool can store only text. */
  BASE64 = 'base64',
  /** Text secret with the key material in hexadecimal digits. */
  HEX = 'hex',
}
