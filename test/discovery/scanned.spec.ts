import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { credentialThing, type Thing, withoutIds } from '../../src/discovery/domain/resolution/thing.js';
import { Merging } from '../../src/discovery/domain/resolution/merging.js';
import { scan } from '../../src/discovery/scanner.js';
import { seenCredentials } from '../../src/discovery/sources/looking/seen-credentials.js';

/** What the scanner sees, as it is taken in: wrapped, written otherwise, next to what is alike. */

const SECRET = 'q0Zx8Lk2Vw7Tn4Rb9Yc1/s6Jd3Fg5Pm0Aq8Ue+Ki';
const KEY_ID = 'AKIAQYLPMN5HFIQR7XYA';
const base64 = (text: string) => Buffer.from(text).toString('base64');

let folder: string;
let things: readonly Thing[];
let places: Map<string, number>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'muster-scanned-'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [one, other] = ['pkcs1', 'pkcs8'].map(
    (type) => privateKey.export({ type: type as 'pkcs1', format: 'pem' }) as string,
  );
  const pair = `AWS_ACCESS_KEY_ID=${KEY_ID}\nAWS_SECRET_ACCESS_KEY=${SECRET}\n`;
  const files: Readonly<Record<string, string>> = {
    'plain.env': pair,
    'quoted.yaml': `aws_access_key_id: "${KEY_ID}"\naws_secret_access_key: "${SECRET}"\n`,
    'encoded.env': `AWS_ACCESS_KEY_ID=${KEY_ID}\nAWS_SECRET_ACCESS_KEY=${encodeURIComponent(SECRET)}\n`,
    'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: aws}\ndata:\n  AWS_ACCESS_KEY_ID: ${base64(KEY_ID)}\n  AWS_SECRET_ACCESS_KEY: ${base64(SECRET)}\n`,
    'wrapped.txt': `${base64(pair)}\n`,
    'another.env': `AWS_ACCESS_KEY_ID=AKIAQYLPMN5HGHQR7XYB\nAWS_SECRET_ACCESS_KEY=${randomBytes(30).toString('base64')}\n`,
    'key.pem': one!,
    'key8.pem': other!,
    'jwk.json': JSON.stringify(privateKey.export({ format: 'jwk' }), null, 1),
    'database.env': 'DATABASE_URL=postgresql://ledger:Tz7wQp4mX9cVb2Ns@db.example:5432/payments\n',
    'escaped.env': 'DATABASE_URL=postgresql://ledger:Tz7w%2Fp4mX9%25b2Ns@db.example:5432/payments\n',
    '.pgpass': 'db.example:5432:payments:ledger:Tz7w/p4mX9%b2Ns\n',
    'other.env': 'DATABASE_URL=postgresql://reports:Tz7wQp4mX9cVb2Ns@db.example:5432/payments\n',
  };
  await mkdir(path.join(folder, 'deploy'));
  await writeFile(path.join(folder, 'deploy', 'key.der'), privateKey.export({ type: 'pkcs8', format: 'der' }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, 'deploy', name), text);
  const key = randomBytes(32);
  const { findings } = await scan(
    { kind: 'paths', paths: [folder], followIgnores: false },
    { at: new Date('2026-11-22'), key, matching: true },
  );
  const seen = [...seenCredentials(findings, key, { ownersOf: () => null } as never, new Map())].map(withoutIds);
  const merging = new Merging();
  const at = merging.take(seen.map(({ digest, ...rest }) => credentialThing({ ...rest, fingerprint: digest })));
  things = merging.all();
  places = new Map(seen.map(({ place }, index) => [place.path.split('/').at(-1)!, at[index]!]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const same = (...names: string[]) => new Set(names.map((name) => places.get(name))).size;

describe('what the scanner sees', () => {
  it('is one thing in five files, plain, quoted, encoded for a URL, and in base64', () => {
    expect(
      ['plain.env', 'quoted.yaml', 'encoded.env', 'secret.yaml', 'wrapped.txt'].map((name) => [name, places.get(name)]),
    ).toEqual(
      ['plain.env', 'quoted.yaml', 'encoded.env', 'secret.yaml', 'wrapped.txt'].map((name) => [
        name,
        places.get('plain.env'),
      ]),
    );
    expect(things[places.get('plain.env')!]!.marks).toContain(`aws-key:${KEY_ID}`);
  });

  it('is one key pair in four formats, and another secret is another thing', () => {
    expect(same('key.pem', 'key8.pem', 'key.der', 'jwk.json')).toBe(1);
    expect(same('plain.env', 'another.env')).toBe(2);
  });

  it('is one password, percent-encoded in an address and as it is', () => {
    expect(same('escaped.env', '.pgpass')).toBe(1);
  });

  it('is two where two users have the same password, each of which opens its own account', () => {
    const accounts = ['database.env', 'other.env'].map((name) => things[places.get(name)!]!.accounts);
    expect(accounts).toEqual([['postgresql:db.example:5432:ledger'], ['postgresql:db.example:5432:reports']]);
  });
});
