import { createHash, X509Certificate } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Config } from '../platform/index.js';

/** What the one who started the service wants to know when it is up. */
export interface ReadyFacts {
  readonly version: string;
  readonly seconds: number;
  readonly config: Config;
  readonly ports: { readonly open: number; readonly mutual: number };
  /** Undefined for an external database. */
  readonly embedded: { readonly directory: string; readonly version: string } | undefined;
  readonly unsealFile: string;
  /** PEM. */
  readonly root: string;
  /** Absolute; undefined once there is an administrator. */
  readonly setupToken: string | undefined;
}

const DEFAULT_URL = 'https://localhost:8443';

/** The lines that `npm start` ends its start with; each command in them can be pasted as it stands. */
export function readyLines(facts: ReadyFacts): string {
  const { config } = facts;
  const url = config.publicUrl === DEFAULT_URL ? '' : ` --url ${config.publicUrl}`;
  const pin = `--ca-fingerprint ${fingerprint(facts.root)}`;
  const lines = [
    `  Muster ${facts.version} is ready (${facts.seconds.toFixed(1)} s)`,
    `    API and console   ${config.publicUrl}     (certificates required: ${facts.ports.mutual})     OpenAPI  /openapi.json`,
    `    data              ${data(facts)}         unseal secret  ${shown(facts.unsealFile)}`,
  ];
  if (facts.setupToken !== undefined)
    lines.push(
      `    first sign-in     npx muster login --setup-token-file ${shown(facts.setupToken)}${url} ${pin}   (once; the file is 0600)`,
    );
  lines.push(`    see it work       npx muster tour${url} ${pin}`);
  return `${lines.join('\n')}\n`;
}

/** SHA-256 of the certificate's DER, as `--ca-fingerprint` takes it. */
export function fingerprint(pem: string): string {
  return `sha256:${createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')}`;
}

function data({ config, embedded }: ReadyFacts): string {
  const directory = `./${path.relative('.', config.dataDirectory)}`;
  const place = directory.startsWith('./..') ? shown(config.dataDirectory) : directory;
  if (!embedded) return `${place}  (PostgreSQL at DATABASE_URL)`;
  const inside = embedded.directory.startsWith(`${config.dataDirectory}${path.sep}`);
  const major = embedded.version.split('.')[0];
  return `${place}  (embedded PostgreSQL ${major}${inside ? '' : ` in ${embedded.directory}`})`;
}

/** As a person would type it here: relative to this directory, or to their home. */
function shown(file: string): string {
  const relative = path.relative('.', file);
  if (!relative.startsWith('..')) return relative;
  const inHome = path.relative(homedir(), file);
  return inHome.startsWith('..') ? file : `~/${inHome}`;
}
