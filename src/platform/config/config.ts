import { inspect } from 'node:util';
import type { LogLevel, ServiceRole } from './variables.js';

/** The embedded database, or one elsewhere with its three roles (decision 6). */
export type DatabaseChoice =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'external';
      readonly appUrl: string;
      readonly signerUrl: string;
      /** Null where this process does not migrate. */
      readonly ownerUrl: string | null;
    };

/** The operator's mail server. */
export interface MailSettings {
  /** Carries a password, perhaps. */
  readonly url: string;
  /** As it stands in letters: an address, or a name and an address. */
  readonly from: string;
  /** PEM of who vouches for the server, beside the usual ones; null for those alone. */
  readonly caFile: string | null;
}

/** The firm's OpenID provider. */
export interface SingleSignOnSettings {
  /** Exactly as it names itself in its tokens. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client, which has PKCE alone. */
  readonly clientSecret: string | null;
  /** On the button. */
  readonly name: string;
  /** Which level each `acr` of the provider's stands for; what is not named stands for none above `loa1`. */
  readonly levels: ReadonlyMap<string, 'loa2' | 'loa3'>;
  /** Whether it may lie at a private or loopback address. */
  readonly allowPrivate: boolean;
  /** PEM of who vouches for it, beside the usual ones; null for those alone. */
  readonly caFile: string | null;
}

/** Everything that is configured, typed and frozen; read once from the environment by `readConfig`. */
export class Config {
  declare readonly roles: readonly ServiceRole[];
  /** Absolute. */
  declare readonly dataDirectory: string;
  /** Absolute: the user's own directory for configuration, in which `muster/` lies. */
  declare readonly configDirectory: string;
  /** The operator's own file with the unseal secret, absolute; null when Muster keeps it itself. */
  declare readonly unsealFile: string | null;
  declare readonly database: DatabaseChoice;
  declare readonly databasePoolSize: number;
  declare readonly statementTimeoutSeconds: number;
  declare readonly redisUrl: string | null;
  /** Origins as callers see them, without a trailing slash. */
  declare readonly publicUrl: string;
  declare readonly mutualUrl: string;
  declare readonly listenHost: string;
  declare readonly listenPort: number;
  declare readonly mutualPort: number;
  declare readonly trustDomain: string;
  /** The operator's own policy, absolute; null where the one that Muster comes with is in force. */
  declare readonly policyFile: string | null;
  declare readonly logLevel: LogLevel;
  /** Networks in CIDR form. */
  declare readonly egressAllow: readonly string[];
  /** Absolute: where rotated secrets may be written as files. */
  declare readonly deliveryFolders: readonly string[];
  /** Absolute: where files may be looked at for secrets and accounts. */
  declare readonly sourceFolders: readonly string[];
  /** Networks in CIDR form. */
  declare readonly metricsAllow: readonly string[];
  declare readonly bodyLimitBytes: number;
  declare readonly rateLimits: {
    readonly failuresPerMinute: number;
    readonly requestsPerMinute: number;
    readonly addressPerMinute: number;
  };
  declare readonly workerConcurrency: number;
  /** Null where nobody is written to. */
  declare readonly mail: MailSettings | null;
  /** Null where nobody signs in by it. */
  declare readonly singleSignOn: SingleSignOnSettings | null;

  constructor(values: ConfigValues) {
    Object.assign(this, values);
    Object.freeze(this);
  }

  has(role: ServiceRole): boolean {
    return this.roles.includes(role);
  }

  /** What may be shown: without the URLs that carry passwords. */
  toJSON(): Record<string, unknown> {
    const hidden = {
      database: { kind: this.database.kind },
      redisUrl: this.redisUrl === null ? null : '[hidden]',
      mail: this.mail && { ...this.mail, url: '[hidden]' },
      singleSignOn: this.singleSignOn && { ...this.singleSignOn, clientSecret: '[hidden]' },
    };
    return Object.assign<Record<string, unknown>, unknown, unknown>({}, this, hidden);
  }

  [inspect.custom](): unknown {
    return this.toJSON();
  }
}

export type ConfigValues = Omit<Config, 'has' | 'toJSON' | typeof inspect.custom>;
