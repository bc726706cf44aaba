import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootFingerprint } from '../../src/client/index.js';
import { Muster } from '../harness/muster.js';
import { PersonsBrowser } from './browser.js';
import { Shell } from './shell.js';
import { Terminal } from './terminal.js';

jest.setTimeout(120_000);

/** An access review from a terminal alone, by everybody who has a part in it. */

let muster: Muster;
let terminal: Terminal;
let url: string;
let pin: string[];
let admin: Shell;
let carla: Shell;
let mona: Shell;
let campaign: { id: string };

interface Item {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

async function enlist(name: string, role: string): Promise<{ id: string; shell: Shell }> {
  const who = ['--name', name, '--email', `${name}@example.com`, '--role', role];
  const invited = await admin.json<{ person: { id: string }; signInToken: string }>('person', 'invite', ...who);
  await writeFile(terminal.file(`${name}.token`), invited.signInToken);
  const shell = new Shell(url, terminal.file(name), new PersonsBrowser(muster));
  await shell.json('login', '--token-file', terminal.file(`${name}.token`), ...pin);
  return { id: invited.person.id, shell };
}

beforeAll(async () => {
  [muster, terminal] = await Promise.all([Muster.start(), Terminal.open()]);
  url = `https://localhost:${muster.ports.open}`;
  pin = ['--ca-fingerprint', rootFingerprint(muster.root)];
  admin = new Shell(url, terminal.file('admin'), new PersonsBrowser(muster));
  await admin.json('login', '--setup-token-file', path.join(muster.home.data, 'setup-token'), ...pin);
  carla = (await enlist('carla', 'custodian')).shell;
  mona = (await enlist('mona', 'analyst')).shell;
  await enlist('bruno', 'custodian');
  const paula = (await enlist('paula', 'platform-engineer')).shell;
  await paula.json('team', 'create', 'payments');
  for (const name of ['settlement-bot', 'report-bot']) {
    const facts = ['--kind', 'bot', '--environment', 'production', '--team', 'payments', '--purpose', 'Tries reviews'];
    await paula.json('register', name, ...facts, '--custodian', 'carla', '--backup', 'bruno');
    const grant = ['--target', 'mainframe', '--scope', 'ledger:read', '--purpose', 'read the day'];
    const { id } = await paula.json<{ id: string }>('grant', 'add', name, ...grant, '--verifier', await idOf('carla'));
    await carla.json('grant', 'verify', id);
  }
});
afterAll(async () => {
  await muster.stop();
  await terminal.close();
});

/** Asks again until there is what the service's workers bring about; the test's own time is the limit. */
async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    await sleep(100);
  }
}

async function idOf(person: string): Promise<string> {
  const { items } = await admin.json<{ items: { id: string; name: string }[] }>('person', 'list');
  return items.find(({ name }) => name === person)!.id;
}

describe('a service in which nothing was ever reviewed', () => {
  it.each([
    [['review', 'list'], 'Nothing waits for you.'],
    [['review', 'show'], 'Nothing is open for you.'],
    [['review', 'effects', '--mine'], 'Nothing waits for your word.'],
    [['review', 'second-look'], 'No second look waits for you.'],
    [['review', 'calendar'], 'Nothing is due in the next 90 days.'],
    [['review', 'campaign', 'list'], 'No review yet. Start one with: muster review campaign start --help'],
    [
      ['review', 'schedule', 'list'],
      'No schedule yet. Write a risk analysis first: muster review risk-analysis add --help',
    ],
    [['review', 'risk-analysis', 'list'], 'None yet. Write one with: muster review risk-analysis add --help'],
    [['target', 'list'], 'No target yet. Add one with: muster target add --help'],
  ])('says so, and what to do: muster %j', async (words, sentence) => {
    expect(await admin.muster(words)).toEqual({ status: 0, err: '', out: `${sentence}\n` });
  });

  it('says what cannot be submitted', async () => {
    expect((await carla.muster(['review', 'submit'])).err).toContain('code: nothing_decided');
  });
});

describe('a review', () => {
  const due = new Date(Date.now() + 7 * 86_400_000).toISOString();

  it('shows what it would be about before anybody is asked', async () => {
    const { out } = await admin.muster(['review', 'campaign', 'preview', '--team', 'payments']);
    expect(out).toMatch(/^identities +2\n/);
    expect(out).toContain('For example report-bot, settlement-bot');
  });

  it('is started over a scope, frozen, and asked of those who answer for it', async () => {
    const words = ['--team', 'payments', '--due', due, '--management', 'mona', '--sample', '0'];
    campaign = await admin.json('review', 'campaign', 'start', 'Fourth quarter', ...words);
    const items = await until(async () => {
      const { items } = await carla.json<{ items: Item[] }>('review', 'list');
      return items.length === 2 ? items : undefined;
    });
    expect(items.map(({ name }) => name).sort()).toEqual(['report-bot', 'settlement-bot']);
  });

  it('is gone through: read, decided, undone, decided again, and signed', async () => {
    const first = await carla.muster(['review', 'show']);
    expect(first.out).toMatch(/^(report|settlement)-bot \(production\)\n/);
    expect(first.out).toContain('It was never reviewed before.');
    expect(first.out).toContain('muster review decide rvi_');
    expect((await carla.muster(['review', 'decide', 'report-bot', 'reduce'])).err).toContain('Name each with --grant');
    await carla.json('review', 'decide', 'report-bot', 'revoke');
    expect((await carla.muster(['review', 'undo', 'report-bot'])).out).toBe('report-bot is open again.\n');
    await carla.json('review', 'decide', 'report-bot', 'keep');
    const { evidence } = await carla.json<{ evidence: { grants: { id: string }[] } }>(
      'review',
      'show',
      'settlement-bot',
    );
    await carla.json('review', 'decide', 'settlement-bot', 'reduce', '--grant', evidence.grants[0]!.id);
    const shown = await carla.muster(['review', 'submit', '--dry-run']);
    expect(shown.out).toMatch(
      /keep {5}report-bot\n[^]*reduce {3}settlement-bot\n[^]*2 decisions, digest [0-9a-f]{64}\n$/,
    );
    const signed = await carla.muster(['review', 'submit']);
    expect(signed).toMatchObject({ status: 0, out: expect.stringMatching(/^Signed: 2 decisions \(rsb_/) });
    expect((await carla.muster(['review', 'decide', 'report-bot', 'revoke'])).err).toContain('code: not_found');
  });

  it('does not tie out, nor close, before what cannot be looked at is attested', async () => {
    const before = await until(async () => {
      const ran = await admin.muster(['review', 'campaign', 'figures', campaign.id]);
      return ran.out.includes('✗') ? ran : undefined;
    });
    expect(before).toMatchObject({
      status: 1,
      out: expect.stringContaining('2 = 1 kept + 1 reduced + 0 revoked + 0 excepted'),
    });
    expect((await admin.muster(['review', 'campaign', 'close', campaign.id])).err).toContain('code: does_not_tie_out');
    const [effect] = await until(async () => {
      const { items } = await carla.json<{ items: { id: string }[] }>('review', 'effects', '--mine');
      return items.length === 1 ? items : undefined;
    });
    const words = ['--statement', 'Removed from RACF group LEDGER', '--reference', 'CHG0041'];
    expect((await carla.muster(['review', 'attest', effect!.id, ...words])).out).toContain('Attested.');
  });

  it('is acknowledged by management and closed by its owner', async () => {
    expect((await admin.muster(['review', 'campaign', 'figures', campaign.id])).out).toContain('✓ It ties out.');
    expect((await mona.muster(['review', 'campaign', 'acknowledge', campaign.id])).out).toMatch(
      /^Acknowledged: digest /,
    );
    expect((await admin.muster(['review', 'campaign', 'close', campaign.id])).out).toBe(
      'Closed. Its figures are frozen.\n',
    );
    expect((await admin.muster(['review', 'campaign', 'show', campaign.id])).out).toMatch(/state +closed/);
  });

  it('leaves as a report, a table, and a package that proves itself', async () => {
    const [report, table, whole] = [terminal.file('q4.pdf'), terminal.file('q4.csv'), terminal.file('q4.json')];
    const out = ['review', 'campaign', 'export', campaign.id];
    await admin.json(...out, '--out', report);
    await admin.json(...out, '--format', 'csv', '--out', table);
    await admin.json(...out, '--format', 'json', '--out', whole);
    expect((await readFile(report)).subarray(0, 5).toString()).toBe('%PDF-');
    expect(await readFile(table, 'utf8')).toContain('settlement-bot');
    expect(await admin.muster(['audit', 'verify', whole])).toMatchObject({ status: 0, err: '' });
    await writeFile(whole, (await readFile(whole, 'utf8')).replace('"keep"', '"revoke"'));
    expect((await admin.muster(['audit', 'verify', whole])).status).toBe(1);
  });
});

describe('why so often', () => {
  it('is written in a file, approved by somebody else, and then carries a schedule', async () => {
    const expiresAt = new Date(Date.now() + 300 * 86_400_000).toISOString();
    const says = {
      title: 'Payments',
      assets: 'Settlement',
      threats: 'Theft',
      factors: 'Many hands',
      justification: 'Why',
      everyDays: 90,
      expiresAt,
    };
    await writeFile(terminal.file('why.yaml'), JSON.stringify(says));
    const { id } = await admin.json<{ id: string }>('review', 'risk-analysis', 'add', terminal.file('why.yaml'));
    const words = ['--team', 'payments', '--every', '90', '--management', 'mona', '--risk-analysis', id];
    expect((await admin.muster(['review', 'schedule', 'add', 'Quarterly', ...words])).status).toBe(1);
    await mona.json('review', 'risk-analysis', 'approve', id);
    const schedule = await admin.json<{ id: string }>('review', 'schedule', 'add', 'Quarterly', ...words);
    expect(await admin.muster(['review', 'schedule', 'pause', schedule.id])).toMatchObject({
      out: 'Quarterly is paused.\n',
      err: '',
    });
    expect((await admin.muster(['review', 'risk-analysis', 'show', id])).out).toContain(
      'supports  a review every 90 days',
    );
  });
});
