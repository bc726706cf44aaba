import { ConsumerError } from './errors.js';

/** A rotated secret as the service hands it out. */
export interface Secret {
  readonly rotationId: string;
  readonly version: number;
  /** As who one signs in; it changes where two accounts take turns. */
  readonly account: string;
  readonly keyId: string | null;
  readonly secret: string;
}

/** What the service said of a rotated secret, without it. */
export interface VersionAnswer {
  readonly version: number;
  /** The version that still works beside it; null once there is none. */
  readonly previousVersion: number | null;
  readonly renewAfterSeconds: number;
}

/** What the service said of a secret. */
export interface SecretAnswer extends VersionAnswer {
  readonly secret: Secret;
}

/** A certificate with its key; PEM. */
export interface Certificate {
  readonly key: string;
  /** The leaf, then its issuers: what TLS shows. */
  readonly chain: string;
}

/** What the service said of a certificate; PEM. */
export interface CertificateAnswer {
  readonly id: string;
  readonly certificate: string;
  readonly chain: readonly string[];
  /** By the service's own clock: how long it lives, however this machine's clock is set. */
  readonly lifeSeconds: number;
  readonly renewAfterSeconds: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws ConsumerError `answer_unreadable` */
export function readVersion(body: unknown): VersionAnswer {
  const fields = object(body);
  return {
    version: count(fields, 'version'),
    previousVersion: orNull(fields, 'previousVersion', count),
    renewAfterSeconds: count(fields, 'renewAfterSeconds'),
  };
}

/** @throws ConsumerError `answer_unreadable` */
export function readSecret(body: unknown): SecretAnswer {
  const fields = object(body);
  return {
    ...readVersion(body),
    secret: {
      rotationId: text(fields, 'rotationId'),
      version: count(fields, 'version'),
      account: text(fields, 'account'),
      keyId: orNull(fields, 'keyId', text),
      secret: text(fields, 'secret'),
    },
  };
}

/** @throws ConsumerError `answer_unreadable` */
export function readCertificate(body: unknown): CertificateAnswer {
  const fields = object(body);
  const chain = fields['chain'];
  if (!Array.isArray(chain) || !chain.every((one) => typeof one === 'string')) throw unreadable('chain');
  const life = Date.parse(text(fields, 'expiresAt')) - Date.parse(text(fields, 'notBefore'));
  if (!(life > 0)) throw unreadable('expiresAt');
  return {
    id: text(fields, 'id'),
    certificate: text(fields, 'certificate'),
    chain,
    lifeSeconds: life / 1000,
    renewAfterSeconds: count(fields, 'renewAfterSeconds'),
  };
}

function object(body: unknown): Fields {
  if (typeof body !== 'object' || body === null) throw unreadable('the whole');
  return body as Fields;
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw unreadable(name);
  return value;
}

function count(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw unreadable(name);
  return value;
}

function orNull<Value>(fields: Fields, name: string, read: (fields: Fields, name: string) => Value): Value | null {
  return (fields[name] ?? null) === null ? null : read(fields, name);
}

/** Names the field and never its value, which may be the secret. */
function unreadable(what: string): ConsumerError {
  return new ConsumerError(
    'answer_unreadable',
    `The service’s answer cannot be read (${what}): is this library as new as the service?`,
  );
}
