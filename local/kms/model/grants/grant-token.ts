import { randomUUID } from 'node:crypto';

/**
 * A token names a grant; it is no secret and gives no permission of its own.
 *
 * Every CreateGrant answers another one, and all tokens of a grant are equally good. So a token carries what it names, and nothing
 * needs to remember it: it is good for as long as the grant is there.
 */
export function newGrantToken(keyArn: string, grantId: string): string {
  return Buffer.from([keyArn, grantId, randomUUID()].join('\n')).toString('base64');
}

/** The key and the grant that a token names; nothing when it is no token. */
export function readGrantToken(token: string): { readonly keyArn: string; readonly grantId: string } | undefined {
  const [keyArn, grantId, unique] = Buffer.from(token, 'base64').toString().split('\n');
  return keyArn === undefined || grantId === undefined || unique === undefined ? undefined : { keyArn, grantId };
}
