import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withClient } from '../../src/platform/database/connection.js';
import { foundInstallation, installationIdOf, readInstallation } from '../../src/platform/database/installation.js';
import { checkReachable } from '../../src/platform/database/reach.js';
import { checkRole } from '../../src/platform/database/role-check.js';
import { checkSchema } from '../../src/platform/database/schema-check.js';
import { cloneDatabase, emptyDatabase, type TestDatabase } from '../harness/index.js';

/** A role of this file alone: roles belong to the whole server, which other test files use at the same time. */
const ROLE = `muster_app_${randomBytes(4).toString('hex')}`;

describe('the roles of the database', () => {
  let database: TestDatabase;
  let url: string;
  const asSuperuser = (sql: string) => withClient(database.superuserUrl, (client) => client.query(sql));

  beforeAll(async () => {
    database = await cloneDatabase();
    await asSuperuser(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'of no use elsewhere' IN ROLE muster_app`);
    url = database.appUrl.replace(/\/\/[^@]*@/, `//${ROLE}:of%20no%20use%20elsewhere@`);
  });
  afterAll(async () => {
    await asSuperuser(`DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
    await database.drop();
  });

  it('are let in with the rights that migrating gives them', async () => {
    await checkRole(database.appUrl, 'DATABASE_URL');
    await checkRole(database.signerUrl, 'DATABASE_SIGNER_URL');
  });

  it.each([
    ['may update a record', `GRANT UPDATE ON audit.records TO ${ROLE}`, `REVOKE UPDATE ON audit.records FROM ${ROLE}`],
    [
      'may update one column of a record',
      `GRANT UPDATE (leaf) ON audit.records TO ${ROLE}`,
      `REVOKE UPDATE (leaf) ON audit.records FROM ${ROLE}`,
    ],
    ['may delete a record', `GRANT DELETE ON audit.records TO PUBLIC`, `REVOKE DELETE ON audit.records FROM PUBLIC`],
    [
      'may empty the log',
      `GRANT TRUNCATE ON audit.records TO ${ROLE}`,
      `REVOKE TRUNCATE ON audit.records FROM ${ROLE}`,
    ],
    [
      'owns a table',
      `ALTER TABLE muster.installation OWNER TO ${ROLE}`,
      `ALTER TABLE muster.installation OWNER TO muster_owner`,
    ],
    ['is a member of the owner', `GRANT muster_owner TO ${ROLE}`, `REVOKE muster_owner FROM ${ROLE}`],
    ['may add to a schema', `GRANT CREATE ON SCHEMA audit TO ${ROLE}`, `REVOKE CREATE ON SCHEMA audit FROM ${ROLE}`],
    ['is a superuser', `ALTER ROLE ${ROLE} SUPERUSER`, `ALTER ROLE ${ROLE} NOSUPERUSER`],
  ])('are refused when one %s, with what to do', async (_name, give, take) => {
    await asSuperuser(give);
    try {
      await expect(checkRole(url, 'DATABASE_URL')).rejects.toMatchObject({
        code: 'role_too_mighty',
        message: expect.stringMatching(/DATABASE_URL can do more .* Name a role there/),
      });
    } finally {
      await asSuperuser(take);
    }
    await checkRole(url, 'DATABASE_URL');
  });
});

describe('a database of the operator’s', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
  });
  afterAll(() => database.drop());

  it.each<[string, (url: string) => string, RegExp]>([
    ['its password is wrong', (url) => url.replace(/:[^:@]*@/, ':guess@'), /DATABASE_URL .* refuses its password/],
    ['it does not exist', (url) => url.replace(/localhost\/\w+/, 'localhost/elsewhere'), /no such database/],
    ['its socket does not exist', (url) => url.replace(/host=[^&]*/, 'host=%2Fgone'), /no such socket/],
    ['nothing listens', () => 'postgresql://app:guess@127.0.0.1:1/muster', /nothing listens there/],
  ])('is refused with the variable and the reason when %s, and without the password', async (_name, change, reason) => {
    const refusal = checkReachable(change(database.appUrl), 'DATABASE_URL');
    await expect(refusal).rejects.toMatchObject({
      code: 'database_unreachable',
      message: expect.stringMatching(reason),
    });
    await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining('guess') });
  });

  it('is taken when it answers', () => checkReachable(database.appUrl, 'DATABASE_URL'));
});

describe('the schema', () => {
  it('is refused while migrations are missing, and when a newer Muster has been here', async () => {
    const empty = await emptyDatabase();
    const newer = await cloneDatabase();
    try {
      await expect(checkSchema(empty.appUrl)).rejects.toMatchObject({ code: 'schema_behind' });
      await checkSchema(newer.appUrl);
      await withClient(newer.ownerUrl, (client) =>
        client.query(`INSERT INTO muster.schema_migrations (timestamp, name) VALUES (1, 'Later1')`),
      );
      await expect(checkSchema(newer.appUrl)).rejects.toMatchObject({ code: 'schema_foreign' });
    } finally {
      await empty.drop();
      await newer.drop();
    }
  });
});

describe('the installation', () => {
  const founded = { publicUrl: 'https://localhost:8443', trustDomain: 'muster.local' };

  it('keeps its id and trust domain for good, and takes a new URL only when it is migrated', async () => {
    const database = await cloneDatabase();
    try {
      await expect(readInstallation(database.appUrl, founded)).rejects.toMatchObject({ code: 'schema_behind' });
      await foundInstallation(database.ownerUrl, { ...founded, id: 'ins_0192f0c1a2b37c4d8e5f60718293a4b5' });
      const moved = { publicUrl: 'https://muster.example.com', trustDomain: 'example.com' };
      await expect(readInstallation(database.appUrl, { ...founded, publicUrl: moved.publicUrl })).rejects.toMatchObject(
        {
          code: 'public_url_changed',
        },
      );
      await foundInstallation(database.ownerUrl, { ...moved, id: 'ins_0192f0c1a2b37c4d8e5f60718293a4b6' });
      await expect(readInstallation(database.appUrl, moved)).rejects.toMatchObject({ code: 'trust_domain_changed' });
      const installation = await readInstallation(database.appUrl, { ...founded, publicUrl: moved.publicUrl });
      expect(installation.id).toBe('ins_0192f0c1a2b37c4d8e5f60718293a4b5');
    } finally {
      await database.drop();
    }
  });

  it('keeps its URL while passkeys are enrolled at it, and says how many and what to do', async () => {
    const database = await cloneDatabase();
    const id = 'ins_0192f0c1a2b37c4d8e5f60718293a4b5';
    const moved = { ...founded, id, publicUrl: 'https://muster.example.com' } as const;
    try {
      await foundInstallation(database.ownerUrl, { ...founded, id });
      await withClient(database.superuserUrl, (client) => client.query(PASSKEY));
      await foundInstallation(database.ownerUrl, { ...founded, id });
      const refused = foundInstallation(database.ownerUrl, moved);
      await expect(refused).rejects.toMatchObject({
        code: 'public_url_held',
        message: expect.stringMatching(
          /1 passkey of 1 person were enrolled at https:\/\/localhost:8443.*Set PUBLIC_URL back/,
        ),
      });
      await readInstallation(database.appUrl, founded);
      await withClient(database.superuserUrl, (client) => client.query('DELETE FROM muster.passkeys'));
      await foundInstallation(database.ownerUrl, moved);
    } finally {
      await database.drop();
    }
  });

  it('has one id for each data directory', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'muster-'));
    const ids = await Promise.all([installationIdOf(directory), installationIdOf(directory)]);
    expect(ids[0]).toBe(ids[1]);
    await writeFile(`${directory}/installation`, 'something else');
    await expect(installationIdOf(directory)).rejects.toMatchObject({ code: 'installation_damaged' });
    await rm(directory, { recursive: true });
  });
});

/** Somebody with one passkey. */
const PASSKEY = `
  INSERT INTO muster.people (id, key_id, status, name_sealed, email_sealed, email_index, roles, version, invited_at,
    activated_at)
  VALUES ('per_' || repeat('1', 32), 'per_' || repeat('1', 32), 'active', 'x', 'x', decode(repeat('00', 32), 'hex'),
    '{auditor}', 1, now(), now());
  INSERT INTO muster.person_keys VALUES ('per_' || repeat('1', 32), 'x');
  INSERT INTO muster.authenticators (id, person_id, kind, name_sealed, version, created_at, confirmed_at)
  VALUES ('ath_' || repeat('1', 32), 'per_' || repeat('1', 32), 'passkey', 'x', 1, now(), now());
  INSERT INTO muster.passkeys (authenticator_id, credential_id, public_key, sign_count, backup_eligible, transports)
  VALUES ('ath_' || repeat('1', 32), 'x', 'x', 0, false, '{}');
`;
