import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseVerifier, provesPassword, roleOf } from '../../../src/discovery/identities/postgresql-verifier.js';
import { scan } from '../../../src/discovery/scan/scan.js';
import { AT, BASE62, letters } from './sight.js';

const PASSWORD = letters(BASE62, 16, 11);

/** As PostgreSQL's `scram_build_secret` makes it. */
function scram(password: string, iterations = 4096, salt = Buffer.from('a salt of 16 by.')): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const mac = (words: string): Buffer => createHmac('sha256', salted).update(words).digest();
  const storedKey = createHash('sha256').update(mac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${mac('Server Key').toString('base64')}`;
}

describe('a verifier of PostgreSQL', () => {
  it('proves its password, and no other (RFC 5802 §3, RFC 7677 §3)', () => {
    // RFC 7677 §3: the exchange of user `user` with password `pencil`, whose salt and iterations these are.
    const verifier = parseVerifier(scram('pencil', 4096, Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')))!;
    expect(verifier).toMatchObject({ kind: 'scram-sha-256', iterations: 4096 });
    expect((verifier as { serverKey: Buffer }).serverKey.toString('base64')).toBe(
      'wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
    expect(provesPassword('pencil', 'user', verifier)).toBe(true);
    expect(provesPassword('Pencil', 'user', verifier)).toBe(false);
  });

  it('of the old kind proves the password of one role alone', () => {
    const verifier = parseVerifier(`md5${createHash('md5').update('hushsettler').digest('hex')}`)!;
    expect(provesPassword('hush', 'settler', verifier)).toBe(true);
    expect(provesPassword('hush', 'other', verifier)).toBe(false);
  });

  it.each([
    ['more iterations than a scan may try', scram('a', 1).replace('$1:', '$9999999:')],
    ['none', scram('a', 1).replace('$1:', '$0:')],
    ['a key that is cut', scram('a', 1).slice(0, -4)],
    ['something else', 'md5 of nothing'],
  ])('with %s is none', (_, text) => expect(parseVerifier(text)).toBeNull());

  it.each([
    ["ALTER ROLE Settler WITH LOGIN PASSWORD '%';", 'settler'],
    ['CREATE USER "Pay Settler" PASSWORD \'%\'', 'Pay Settler'],
    ['"settler" "%"', 'settler'],
    ['16384\tsettler\tf\tt\tf\tf\tt\tf\tf\t-1\t%\t\\N', 'settler'],
    ['settler,%,t', 'settler'],
    ['{"rolname": "settler", "rolpassword": "%"}', 'settler'],
    ['password: %', null],
  ])('in %s is of the role %s', (line, role) => {
    const text = line.replace('%', scram('a', 1));
    expect(roleOf(text, text)).toBe(role);
  });
});

describe('a scan of a tree with a dump in it', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'muster-proof-'));
    mkdirSync(path.join(folder, 'ops'));
    writeFileSync(
      path.join(folder, 'ops', 'roles.sql'),
      `ALTER ROLE settler WITH LOGIN PASSWORD '${scram(PASSWORD)}';\n`,
    );
    writeFileSync(path.join(folder, '.pgpass'), `db:5432:pay:settler:${PASSWORD}\ndb:5432:pay:other:${PASSWORD}x\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says that the password is the one, and keeps it to itself', async () => {
    const { findings } = await scan({ kind: 'paths', paths: [folder], followIgnores: false }, { at: AT });
    const proved = findings.filter(({ clues }) => clues.some(({ from }) => from === 'postgresql-proof'));
    expect(proved.map(({ rule, band }) => [rule, band])).toEqual([['pgpass-password', 'high']]);
    expect(proved[0]!.because).toEqual([expect.stringMatching(/^Proved: .* role settler, .*roles\.sql\.$/)]);
    expect(JSON.stringify(findings)).not.toContain(PASSWORD);
  });
});
