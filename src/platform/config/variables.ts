import { BlockList, isIP } from 'node:net';
import { z, type ZodType } from 'zod';

/** One environment variable: what it may hold, what it is for, and what it is when it is not set. */
export interface Variable<Value> {
  readonly schema: ZodType<Value, string>;
  /** One sentence for the configuration table. */
  readonly meaning: string;
  /** Text used when it is not set; null leaves it unset. */
  readonly fallback: string | null;
  /** Holds a password or the like: its value is never shown. */
  readonly secret: boolean;
}

export const SERVICE_ROLES = ['api', 'worker', 'migrate'] as const;
export type ServiceRole = (typeof SERVICE_ROLES)[number];
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const roles = z
  .string()
  .transform((text) => (text === 'all' ? [...SERVICE_ROLES] : text.split(',').map((name) => name.trim())))
  .refine((names) => names.every((name) => (SERVICE_ROLES as readonly string[]).includes(name)), {
    error: 'must be all, or a list out of api, worker and migrate, for example api,worker',
  })
  .transform((names) => [...new Set(names as ServiceRole[])]);

const databaseUrl = z
  .string()
  .refine(isDatabaseUrl, { error: 'must be a URL like postgresql://role:password@host:5432/muster, its role named' });

const redisUrl = z.string().refine((text) => /^rediss?:$/.test(urlFrom(text)?.protocol ?? ''), {
  error: 'must be a URL like redis://:password@host:6379/0, or rediss:// over TLS',
});

const origin = z.string().refine(isOrigin, {
  error: 'must be an https origin without path or trailing slash, like https://muster.example.com',
});

/** SPIFFE ID §2.1: lowercase letters, digits, dots, dashes and underscores, at most 255 bytes. */
const trustDomain = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,254}$/, {
  error: 'must be a SPIFFE trust domain like example.com: lowercase letters, digits, dots, dashes, underscores',
});

const directory = z.string().refine((text) => text !== '' && !text.includes('\0'), { error: 'must be a path' });

const folders = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .transform((entries) => entries.filter((entry) => entry !== ''))
  .refine((entries) => entries.every((entry) => /^\/[^\0]+$/.test(entry)), {
    error: 'must be a list of absolute paths, like /run/secrets/muster,/etc/orders',
  });

const networks = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .transform((entries) => entries.filter((entry) => entry !== ''))
  .refine((entries) => entries.every(isNetwork), {
    error: 'must be a list of networks in CIDR form, like 10.1.0.0/16,fd00::/8',
  });

const smtpUrl = z
  .string()
  .refine((text) => /^smtps?:$/.test(urlFrom(text)?.protocol ?? '') && urlFrom(text)!.hostname !== '', {
    error: 'must be a URL like smtp://user:password@host:587 (STARTTLS), or smtps://…:465',
  });

const mailbox = z
  .string()
  .regex(/^(?:[^<>@\r\n,;]{1,100} <[^<>@\s,;]{1,64}@[^<>@\s,;]{1,255}>|[^<>@\s,;]{1,64}@[^<>@\s,;]{1,255})$/, {
    error: 'must be an address like muster@example.com, or Muster <muster@example.com>',
  });

const issuer = z.string().refine((value) => /^https:$/.test(urlFrom(value)?.protocol ?? '') && !/[?#]/.test(value), {
  error: 'must be an https URL without query or fragment, as the provider names itself',
});

const LEVEL_OF = /^([\x21-\x2b\x2d-\x3c\x3e-\x7e]{1,200})=(loa2|loa3)$/;

/** A level above these is proved to Muster itself or not at all. */
const levels = z
  .string()
  .transform((list) => list.split(',').filter((entry) => entry.trim() !== ''))
  .refine((entries) => entries.every((entry) => LEVEL_OF.test(entry.trim())), {
    error: 'must be a list of the provider’s acr values and loa2 or loa3, like phr=loa3,mfa=loa2',
  })
  .transform(
    (entries): ReadonlyMap<string, 'loa2' | 'loa3'> =>
      new Map(entries.map((entry) => LEVEL_OF.exec(entry.trim())!.slice(1) as [string, 'loa2' | 'loa3'])),
  );

/** Every variable that the service reads. What is not here, it does not read. */
export const VARIABLES = {
  MUSTER_ROLES: variable(roles, 'all', 'What this process does: `api`, `worker`, `migrate` (a list), or `all`.'),
  DATA_DIR: variable(
    directory,
    './data',
    'Where the embedded database, the setup token and the local socket lie; kept, and backed up as a whole.',
  ),
  DATABASE_URL: secret(
    databaseUrl,
    'An own PostgreSQL (15 or later) instead of the embedded one: the role the service works as. It owns nothing.',
  ),
  DATABASE_OWNER_URL: secret(
    databaseUrl,
    'The role that owns the schema and migrates it; needed with `DATABASE_URL` where `MUSTER_ROLES` has `migrate`.',
  ),
  DATABASE_SIGNER_URL: secret(databaseUrl, 'The role the signer process reads as; needed with `DATABASE_URL`.'),
  DATABASE_POOL_SIZE: variable(whole(2, 500), '20', 'Connections to the database that one process opens at most.'),
  DATABASE_STATEMENT_TIMEOUT_SECONDS: variable(
    whole(1, 3600),
    '30',
    'How long one statement may take before the database cancels it, in seconds.',
  ),
  REDIS_URL: secret(redisUrl, 'Runs the job queues on Redis instead of PostgreSQL.'),
  PUBLIC_URL: variable(
    origin,
    null,
    'The origin of the open listener as callers see it, which names the service in tokens. Unset, `https://localhost:` and `LISTEN_PORT`.',
  ),
  MUTUAL_URL: variable(
    origin,
    null,
    'The origin of the other listener as callers see it. Unset, the host of `PUBLIC_URL` and `MUTUAL_PORT`.',
  ),
  LISTEN_HOST: variable(
    address(),
    '127.0.0.1',
    'The address both listeners bind to; `::` is every address of the machine.',
  ),
  LISTEN_PORT: variable(whole(0, 65535), '8443', 'Port of the API and the console. 0 takes any free one.'),
  MUTUAL_PORT: variable(
    whole(0, 65535),
    '8444',
    'Port of the listener that requires client certificates. 0 takes any free one.',
  ),
  TRUST_DOMAIN: variable(
    trustDomain,
    'muster.local',
    'The SPIFFE trust domain of this installation; fixed at first start.',
  ),
  MUSTER_UNSEAL_FILE: variable(
    directory,
    null,
    'A file (0600) with the unseal secret. Unset, it is below `XDG_CONFIG_HOME` and made at first start.',
  ),
  XDG_CONFIG_HOME: variable(
    directory.refine((text) => text.startsWith('/'), { error: 'must be an absolute path' }),
    null,
    'Where `muster/<installation>/unseal-secret` lies. Unset, `~/.config`.',
  ),
  POLICY_FILE: variable(
    directory,
    null,
    'A policy of your own (YAML) instead of the one that Muster comes with, which `GET /v1/policy` shows; checked at start.',
  ),
  LOG_LEVEL: variable(
    z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }),
    'info',
    'What is logged.',
  ),
  EGRESS_ALLOW: variable(
    networks,
    '',
    'Private networks that calls to issuers, webhooks and the like may reach, in CIDR form; none otherwise.',
  ),
  DELIVERY_FOLDERS: variable(
    folders,
    '',
    'Folders of this machine that rotated secrets may be written into as files, with commas between; none otherwise.',
  ),
  SOURCE_FOLDERS: variable(
    folders,
    '',
    'Folders of this machine that may be looked at for secrets and accounts, with commas between; none otherwise.',
  ),
  METRICS_ALLOW: variable(
    networks,
    '',
    'Networks that may read /metrics beside this machine, in CIDR form; none otherwise.',
  ),
  BODY_LIMIT_BYTES: variable(whole(1024, 16_777_216), '262144', 'The largest request body that is read, in bytes.'),
  RATE_LIMIT_FAILURES_PER_MINUTE: variable(
    whole(1, 1_000_000),
    '30',
    'Failed proofs of identity from one address in a minute, before that address has to wait.',
  ),
  RATE_LIMIT_REQUESTS_PER_MINUTE: variable(
    whole(1, 10_000_000),
    '6000',
    'Requests of one proved caller in a minute, each replica for itself.',
  ),
  RATE_LIMIT_ADDRESS_PER_MINUTE: variable(
    whole(1, 10_000_000),
    '60000',
    'Requests from one address in a minute, proved or not, each replica for itself.',
  ),
  SMTP_URL: secret(
    smtpUrl,
    'The mail server that letters leave through, like `smtp://user:password@host:587`, always by TLS. Unset, nobody is written to.',
  ),
  MAIL_FROM: variable(
    mailbox,
    null,
    'The sender of letters, like `Muster <muster@example.com>`; needed with `SMTP_URL`.',
  ),
  SMTP_CA_FILE: variable(
    directory,
    null,
    'A file (PEM) with the authority of the mail server’s certificate, where no public one vouches for it.',
  ),
  SSO_ISSUER: variable(
    issuer,
    null,
    'The OpenID provider that people may sign in by, exactly as it names itself; `PUBLIC_URL` and `/v1/sign-in/sso/callback` is the redirect URI to register there. Unset, there is no single sign-on.',
  ),
  SSO_CLIENT_ID: variable(text(255), null, 'What the provider knows this installation as; needed with `SSO_ISSUER`.'),
  SSO_CLIENT_SECRET: secret(
    text(1024),
    'The secret shared with the provider; without one, PKCE alone protects the code.',
  ),
  SSO_NAME: variable(text(60), 'Single sign-on', 'What the sign-in page calls the provider.'),
  SSO_ACR_MAP: variable(
    levels,
    '',
    'What the provider’s `acr` values prove here, like `phr=loa3,mfa=loa2`. What is not named proves `loa1`, whatever it says.',
  ),
  SSO_ALLOW_PRIVATE: variable(
    z.enum(['true', 'false'], { error: 'must be true or false' }).transform((value) => value === 'true'),
    'false',
    'Whether the provider may lie at a private or loopback address.',
  ),
  SSO_CA_FILE: variable(
    directory,
    null,
    'A file (PEM) with the authority of the provider’s certificate, where no public one vouches for it.',
  ),
  WORKER_CONCURRENCY: variable(whole(1, 100), '8', 'Jobs that a worker carries out at the same time.'),
} as const;

export type VariableName = keyof typeof VARIABLES;

function variable<Value, Fallback extends string | null>(
  schema: ZodType<Value, string>,
  fallback: Fallback,
  meaning: string,
) {
  return { schema, meaning, fallback, secret: false };
}

function secret<Value>(schema: ZodType<Value, string>, meaning: string) {
  return { schema, meaning, fallback: null, secret: true };
}

function whole(min: number, max: number) {
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number);
}

function text(max: number) {
  return z
    .string()
    .regex(new RegExp(`^[^\\p{Cc}]{1,${max}}$`, 'u'), { error: `must be one line of at most ${max} characters` });
}

function address() {
  return z.string().refine((text) => isIP(text) !== 0, { error: 'must be an IP address, like 127.0.0.1 or ::' });
}

function urlFrom(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isDatabaseUrl(text: string): boolean {
  const url = urlFrom(text);
  return url !== undefined && /^postgres(ql)?:$/.test(url.protocol) && url.username !== '' && url.pathname.length > 1;
}

function isOrigin(text: string): boolean {
  const url = urlFrom(text);
  return url !== undefined && url.protocol === 'https:' && url.origin === text;
}

function isNetwork(text: string): boolean {
  const [network = '', bits = ''] = text.split('/');
  const family = isIP(network);
  if (family === 0 || !/^\d{1,3}$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(network, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}
