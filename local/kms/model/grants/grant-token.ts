import { randomUUID } from 'node:crypto';

/**
 * A new token of a grant. A token is not secret, and gives no permission by itself.
 *
 * Every CreateGrant returns another token, and all tokens of a grant are equal. A token contains what it names, so that
 * no state is needed: it is valid as long as the grant exists.
 */
export function newGrantToken(keyArn: string, grantId: string): string {
  return Buffer.from([keyArn, grantId, randomUUID()].join('\n')).toString('base64');
}

/** The key and the grant that a token names; `undefined` if it is not a token. */
export function readGrantToken(token: string): { readonly keyArn: string; readonly grantId: string } | undefined {
  const [keyArn, grantId, unique] = Buffer.from(token, 'base64').toString().split('\n');
  return keyArn === undefined || grantId === undefined || unique === undefined ? undefined : { keyArn, grantId };
}
