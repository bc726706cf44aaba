import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { occasionOf } from '../../src/approvals/letters/domain/occasion.js';
import { LettersJobs } from '../../src/approvals/letters/letters.jobs.js';
import { LetterReaders } from '../../src/approvals/letters/readers.js';
import { RemindersJobs } from '../../src/approvals/letters/reminders.jobs.js';
import { SystemClock, UnitOfWork } from '../../src/platform/index.js';
import type { SignedIn } from '../harness/cast.js';
import { MAIL_USER, MailServer, type TakenLetter } from '../harness/mail-server.js';
import { Muster } from '../harness/muster.js';

/** People learn by mail what waits for them: from the log, once, by TLS, with a link that needs a sign-in. */

jest.setTimeout(180_000);

class MovableClock extends SystemClock {
  offset = 0;
  override now(): Date {
    return new Date(Date.now() + this.offset * 1000);
  }
}

const clock = new MovableClock();
const lines: string[] = [];
let server: MailServer;
let muster: Muster;
let superuser: Client;
let people: Record<'ada' | 'eve' | 'cora' | 'carl', SignedIn>;
let addresses: Map<string, string>;
let teamId: string;
let made = 0;

beforeAll(async () => {
  server = await MailServer.start();
  muster = await Muster.start({ clock, environment: server.environment, logTo: { write: (line) => lines.push(line) } });
  superuser = new Client({ connectionString: muster.database.superuserUrl });
  await superuser.connect();
  await eventually(async () => (await cursor()) !== undefined);
  people = {
    ada: await muster.signInAs(),
    eve: await muster.signInAs('platform-engineer'),
    cora: await muster.signInAs('custodian'),
    carl: await muster.signInAs('custodian'),
  };
  addresses = new Map();
  for (const [name, { id }] of Object.entries(people))
    addresses.set(name, (await people.ada.visitor.get<{ email: string }>(`/v1/people/${id}`)).email);
  ({ id: teamId } = await people.ada.visitor.post<{ id: string }>('/v1/teams', { name: 'payments' }));
});
afterAll(async () => {
  await superuser?.end();
  await muster?.stop();
  await server?.stop();
});

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (const giveUpAt = Date.now() + 60_000; !(await isSo()); await sleep(50))
    if (Date.now() > giveUpAt) throw new Error('Waited in vain.');
}

async function cursor(): Promise<number | undefined> {
  const { rows } = await superuser.query<{ index: string }>(
    `SELECT index FROM muster.log_cursors WHERE name = 'letters'`,
  );
  return rows[0] && Number(rows[0].index);
}

async function asked(): Promise<string> {
  const { approvalId } = await people.eve.visitor.post<{ approvalId: string }>('/v1/identities', {
    ...{
      name: `letters-bot-${++made}`,
      kind: 'bot',
      environment: 'test',
      teamId,
      purpose: 'A secret plan.',
      privileged: true,
    },
    ...{ primaryCustodianId: people.cora.id, backupCustodianId: people.carl.id },
  });
  return approvalId;
}

const about = (name: string, id: string): TakenLetter[] =>
  server.to(addresses.get(name)!).filter(({ email }) => email.text?.includes(id));
/** A turn of our own, and the end of one that the service may be at: what that has claimed and not committed still looks due. */
const turn = () =>
  eventually(async () => {
    await muster.get(LettersJobs).turn();
    const { rows } = await superuser.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM muster.letters
       WHERE state = 'waiting' AND (due_at <= $1 OR (attempts > 0 AND failure IS NULL))`,
      [clock.now()],
    );
    return rows[0]!.count === 0;
  });
const read = async () => {
  const { rows } = await superuser.query<{ size: string }>('SELECT coalesce(max(n), 0) AS size FROM audit.records');
  await eventually(async () => {
    const leaves = await superuser.query<{ size: string }>('SELECT coalesce(max(n), 0) AS size FROM audit.leaves');
    return Number(leaves.rows[0]!.size) >= Number(rows[0]!.size);
  });
  await turn();
};

describe('letters', () => {
  it('tell those who may decide, and nobody else, over TLS and after a sign-in there', async () => {
    const id = await asked();
    await read();
    for (const name of ['ada', 'cora', 'carl']) expect([name, about(name, id).length]).toEqual([name, 1]);
    expect(about('eve', id)).toEqual([]);
    const [{ email, secure, user }] = about('cora', id) as [TakenLetter];
    expect({ secure, user }).toEqual({ secure: true, user: MAIL_USER });
    expect(email).toMatchObject({
      subject: 'Muster: Somebody needs your decision',
      from: { name: 'Muster', address: 'muster@example.com' },
      messageId: expect.stringMatching(/^<letter-\d+@localhost>$/) as unknown,
    });
    expect(email.text).toContain(`${muster.config.publicUrl}/approvals/${id}`);
    expect(email.html).toContain(`href="${muster.config.publicUrl}/approvals/${id}"`);
    expect(JSON.stringify(email)).not.toContain('A secret plan');
    expect(email.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }));
  });

  it('tell the requester what became of it', async () => {
    const id = await asked();
    await people.cora.visitor.post(`/v1/approvals/${id}/decision`, { verdict: 'deny', reason: 'Not now.' });
    await read();
    const [{ email }] = about('eve', id) as [TakenLetter];
    expect(email.subject).toBe('Muster: Your request was decided');
    expect(email.text).not.toContain('Not now');
  });

  it('tell nobody to decide what was decided meanwhile', async () => {
    await turn();
    const id = await asked();
    await people.cora.visitor.post(`/v1/approvals/${id}/decision`, { verdict: 'deny', reason: 'Not now.' });
    await read();
    expect(about('carl', id)).toHaveLength((await wasReadEarly(id)) ? 1 : 0);
  });

  it('tell administrators of broken glass, and that it wants a review', async () => {
    const boss = await muster.signInAs('administrator');
    const before = server.to(addresses.get('ada')!).length;
    const opening = { reason: 'The registry is down.', roles: ['analyst'], durationSeconds: 600 };
    const { id } = await boss.visitor.post<{ id: string }>('/v1/break-glass', opening);
    await boss.visitor.post(`/v1/break-glass/${id}/end`);
    await read();
    const subjects = server
      .to(addresses.get('ada')!)
      .slice(before)
      .map(({ email }) => email.subject);
    expect(subjects.sort()).toEqual([
      'Muster: An emergency is over, and wants a review',
      'Muster: The glass was broken',
    ]);
  });

  it('tell whoever remains that an identity needs a second custodian', async () => {
    const leaver = await muster.signInAs('custodian');
    const { id } = await people.eve.visitor.post<{ id: string }>('/v1/identities', {
      ...{ name: `letters-bot-${++made}`, kind: 'bot', environment: 'test', teamId, purpose: 'A test.' },
      ...{ primaryCustodianId: people.cora.id, backupCustodianId: leaver.id },
    });
    await people.ada.visitor.post(`/v1/people/${leaver.id}/departure`);
    await read();
    const [{ email }] = about('cora', id) as [TakenLetter];
    expect(email.subject).toBe('Muster: An identity needs a second custodian');
    expect(email.text).toContain(`/identities/${id}`);
  });

  it('tell whose recovery code was used, and administrators', async () => {
    await superuser.query(
      `INSERT INTO muster.sessions (id, person_id, token_hash, started_at, last_seen_at, expires_at, began_by)
       VALUES ('ses_' || md5('code'), $1, sha256('code'), now(), now(), now() + interval '1 hour', 'recovery-code')`,
      [people.carl.id],
    );
    const entry = { type: 'session.started', subject: people.carl.id, at: new Date() };
    const who = await muster
      .get(UnitOfWork)
      .read((tx) =>
        muster.get(LetterReaders).of(tx, occasionOf(entry.type, entry.subject)!.readers, entry.at, entry.at),
      );
    expect(who).toEqual(expect.arrayContaining([people.ada.id, people.carl.id]));
    expect(who).not.toContain(people.cora.id);
  });

  it('are written once, however many replicas read the log at once', async () => {
    const id = await asked();
    await Promise.all([read(), read(), read()]);
    await turn();
    expect(about('cora', id)).toHaveLength(1);
  });

  it('wait while the server is away, later each time, and come when it is back', async () => {
    server.refusal = 451;
    const id = await asked();
    await read();
    expect(about('cora', id)).toEqual([]);
    const letter = async () =>
      (
        await superuser.query<{ state: string; attempts: number; failure: string }>(
          'SELECT state, attempts, failure FROM muster.letters WHERE about = $1 AND person_id = $2',
          [id, people.cora.id],
        )
      ).rows[0];
    expect(await letter()).toMatchObject({ state: 'waiting', attempts: 1, failure: 'mail_unreachable' });
    expect(lines.some((line) => line.includes('A letter was not taken.') && line.includes('mail_unreachable'))).toBe(
      true,
    );
    server.refusal = undefined;
    await turn();
    expect(about('cora', id)).toEqual([]);
    clock.offset += 11;
    await eventually(async () => {
      await turn();
      return (await letter())?.state === 'sent';
    });
    expect(await letter()).toMatchObject({ attempts: 2 });
    expect(about('cora', id)).toHaveLength(1);
  });

  it('are given up where the server refuses them for good, which shows', async () => {
    server.refusal = 550;
    const id = await asked();
    await read();
    server.refusal = undefined;
    const { rows } = await superuser.query('SELECT state, failure FROM muster.letters WHERE about = $1', [id]);
    expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(
      new Set([JSON.stringify({ state: 'given-up', failure: 'mail_refused' })]),
    );
    const metrics = (await muster.visitor().call('GET', '/metrics')).bytes.toString('utf8');
    expect(metrics).toMatch(/muster_letters\{state="given-up"\} [1-9]/);
  });

  it('remind whoever remains before the time runs out: each time once, on however many replicas', async () => {
    const leaver = await muster.signInAs('custodian');
    const left = await muster.signInAs('custodian');
    const { email } = await people.ada.visitor.get<{ email: string }>(`/v1/people/${left.id}`);
    const named: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const { id } = await people.eve.visitor.post<{ id: string }>('/v1/identities', {
        ...{ name: `letters-bot-${++made}`, kind: 'bot', environment: 'test', teamId, purpose: 'A test.' },
        ...{ primaryCustodianId: left.id, backupCustodianId: leaver.id },
      });
      named.push(id);
    }
    await people.ada.visitor.post(`/v1/people/${leaver.id}/departure`);
    const { handoverDueAt } = await people.eve.visitor.get<{ handoverDueAt: string }>(`/v1/identities/${named[0]}`);
    const dueAt = Date.parse(handoverDueAt) / 1000;
    const reminders = () =>
      server
        .to(email)
        .filter((letter) => letter.email.text?.includes('standing=handover-due'))
        .map((letter) => letter.email.subject);
    const offset = clock.offset;
    for (const daysBefore of [8, 7, 6, 3, 1, 0]) {
      clock.offset = dueAt - daysBefore * 86_400 - Date.now() / 1000 + 60;
      const replicas = [1, 2, 3].map(() => muster.get(RemindersJobs).remind());
      await Promise.all(replicas);
      await muster.get(RemindersJobs).remind();
      await turn();
    }
    clock.offset = offset;
    expect(reminders()).toEqual([
      'Muster: A second custodian is due in 7 days',
      'Muster: A second custodian is due in 3 days',
      'Muster: A second custodian is due tomorrow',
      'Muster: A second custodian is due today',
    ]);
    const last = server.to(email).at(-1)!.email;
    expect(last.text).toContain(`${muster.config.publicUrl}/identities?standing=handover-due&custodianId=${left.id}`);
    for (const id of named) expect(last.text).not.toContain(id);
  });

  it('leave no address and no password in the log', () => {
    const all = lines.join('\n');
    for (const address of addresses.values()) expect(all).not.toContain(address);
    expect(all).not.toContain('a password of the mail server');
  });
});

describe('a server that would take letters in the clear', () => {
  it.each([
    ['offers no TLS', false, {}],
    ['shows a certificate of nobody we know', true, { SMTP_CA_FILE: '' }],
  ])('gets none: it %s', async (_name, starttls, changed) => {
    const other = await MailServer.start({ starttls });
    // A name of this machine that is not among those that need no TLS.
    const environment: Record<string, string> = { ...other.environment, ...changed };
    const url = environment['SMTP_URL']!.replace('localhost', 'localhost.');
    const plain = await Muster.start({ environment: { ...environment, SMTP_URL: url } });
    const { Mailer } = await import('../../src/platform/index.js');
    const letter = { id: 'letter-1', to: 'cora@example.com', subject: 'x', text: 'x', html: 'x' };
    await expect(plain.get(Mailer).send(letter)).rejects.toMatchObject({ code: 'mail_unreachable' });
    expect(other.letters).toEqual([]);
    await plain.stop();
    await other.stop();
  });
});

/** A turn of the service's own may have come between the question and its answer. */
async function wasReadEarly(id: string): Promise<boolean> {
  const { rows } = await superuser.query('SELECT FROM muster.letters WHERE about = $1 AND kind = $2', [
    id,
    'approval-requested',
  ]);
  return rows.length > 0;
}
