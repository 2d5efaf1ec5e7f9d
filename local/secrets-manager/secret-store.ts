import { randomInt } from 'node:crypto';
import { secretExists, secretNotFound } from './errors';
import { Secret } from './secret';

const SUFFIX_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 6;

/** The secrets of one account and Region. */
export class SecretStore {
  private readonly secrets = new Map<string, Secret>();

  /** @param arnPrefix prefix of every ARN, such as `arn:aws:secretsmanager:eu-central-1:111122223333:secret:` */
  public constructor(private readonly arnPrefix: string) {}

  public get all(): Iterable<Secret> {
    return this.secrets.values();
  }

  public create(name: string, now: Date): Secret {
    if (this.secrets.has(name)) throw secretExists(name);
    const secret = new Secret(`${this.arnPrefix}${name}-${randomSuffix()}`, name, now);
    this.secrets.set(name, secret);
    return secret;
  }

  public byName(name: string): Secret | undefined {
    return this.secrets.get(name);
  }

  /** Finds a secret by name, by ARN, or by ARN without the six random characters at its end. */
  public find(secretId: string): Secret {
    const found = [...this.all].find((secret) => [secret.name, secret.arn, `${this.arnPrefix}${secret.name}`].includes(secretId));
    if (found === undefined) throw secretNotFound();
    return found;
  }
}

function randomSuffix(): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_LETTERS.charAt(randomInt(SUFFIX_LETTERS.length))).join('');
}
