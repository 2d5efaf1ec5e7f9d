import { randomInt } from 'node:crypto';
import { secretExists, secretNotFound } from './errors';
import { Secret } from './secret';

const SUFFIX_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 6;
const SUFFIX_OF_MISSING_SECRET = '-AbCdEf';

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

  /** The ARN in policies of a secret, or of one that does not exist: its name is then that of the request. */
  public arnOf(secretId: string): string {
    const found = [...this.all].find((secret) => this.isNamed(secret, secretId));
    return found?.arn ?? `${secretId.startsWith('arn:') ? '' : this.arnPrefix}${secretId}${SUFFIX_OF_MISSING_SECRET}`;
  }

  /** Finds a secret by name, by ARN, or by ARN without the six random characters at its end. */
  public find(secretId: string): Secret {
    const found = [...this.all].find((secret) => this.isNamed(secret, secretId));
    if (found === undefined) throw secretNotFound();
    return found;
  }

  private isNamed({ name, arn }: Secret, secretId: string): boolean {
    return [name, arn, `${this.arnPrefix}${name}`].includes(secretId);
  }
}

function randomSuffix(): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_LETTERS.charAt(randomInt(SUFFIX_LETTERS.length))).join('');
}
