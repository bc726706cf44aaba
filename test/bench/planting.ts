import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { BASE62, DIGITS, HEX, inBase62, LARGE, SMALL, Some } from './some.js';

/** A credential that was put into a file, and where. */
export interface Planted {
  readonly kind: string;
  readonly path: string;
  /** From 1: of its first line. */
  readonly line: number;
}

/**
 * Credentials as a firm's repositories hold them, written down from the vendors' pages for this bench alone: what a scanner of ours
 * looks for must not decide what it is tried on.
 */
const KINDS: Readonly<Record<string, (some: Some) => readonly string[]>> = {
  'aws pair': (some) => [
    `aws_access_key_id = AKIA${some.of('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
    `aws_secret_access_key = ${some.of(`${BASE62}+/`, 40)}`,
  ],
  github: (some) => {
    const body = some.of(BASE62, 30);
    return [`GITHUB_TOKEN=ghp_${body}${inBase62(crc32(body))}`];
  },
  gitlab: (some) => [`  token: glpat-${some.of(`${BASE62}_-`, 19)}${some.of(BASE62, 1)}`],
  slack: (some) => [`slack: xoxb-${some.of(DIGITS, 12)}-${some.of(DIGITS, 13)}-${some.of(BASE62, 24)}`],
  'slack webhook': (some) => [
    `url = "https://hooks.slack.com/services/T${some.of(DIGITS + LARGE, 10)}/B${some.of(DIGITS + LARGE, 10)}/${some.of(BASE62, 24)}"`,
  ],
  stripe: (some) => [`Stripe.api_key = 'sk_live_${some.of(BASE62, 24)}'`],
  sendgrid: (some) => [`SENDGRID_API_KEY: SG.${some.of(BASE62, 22)}.${some.of(BASE62, 43)}`],
  npm: (some) => {
    const body = some.of(BASE62, 30);
    return [`//registry.npmjs.org/:_authToken=npm_${body}${inBase62(crc32(body))}`];
  },
  google: (some) => [`const key = "AIza${some.of(`${BASE62}_-`, 34)}${some.of(BASE62, 1)}";`],
  'postgresql url': (some) => [
    `DATABASE_URL=postgres://app_${some.of(SMALL, 4)}:${some.of(BASE62, 20)}@db-${some.of(SMALL, 4)}.internal:5432/orders`,
  ],
  jwt: (some) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: 'https://issuer.internal', sub: some.of(DIGITS, 10), exp: 4_000_000_000 };
    return [
      `Authorization: Bearer ${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${some.of(`${BASE62}_-`, 42)}A`,
    ];
  },
  'private key': () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
      .trim()
      .split('\n'),
  password: (some) => [`db_password = "${some.of(BASE62, 18)}"`],
  'api key': (some) => [`"internal_api_key": "${some.of(HEX, 40)}",`],
};

/** Puts so many credentials into text files below a folder, each between two lines of one; the same in every run. */
export function plant(folder: string, files: readonly string[], count: number, seed: string): readonly Planted[] {
  const some = new Some(seed);
  const kinds = Object.entries(KINDS);
  const suited = files.filter((file) => /\.(rb|go|js|ts|py|ya?ml|json|sh|toml|txt)$/.test(file)).sort();
  const fresh = [...suited];
  return Array.from({ length: count }, (_, index) => {
    const [kind, make] = kinds[index % kinds.length]!;
    // A file each, as far as they go: afterwards at their ends, where nothing that was planted before is moved.
    const isFresh = fresh.length > 0;
    const name = isFresh ? fresh.splice(some.number(fresh.length), 1)[0]! : suited[some.number(suited.length)]!;
    const file = path.join(folder, name);
    const lines = readFileSync(file, 'latin1').split('\n');
    const at = isFresh ? some.number(lines.length) : lines.length;
    lines.splice(at, 0, '', ...make(some), '');
    writeFileSync(file, lines.join('\n'), 'latin1');
    return { kind, path: name, line: at + 2 };
  });
}
