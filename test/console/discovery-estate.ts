import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { components } from '../../src/client/index.js';
import { RULES } from '../../src/discovery/rules/index.js';
import { seeded } from '../discovery/scan/made-rules.js';
import { withClient } from '../../src/platform/database/connection.js';
import type { SignedIn } from '../harness/index.js';
import type { Muster } from '../harness/muster.js';
import type { RotatingServer } from '../rotation/server.js';

type Finding = components['schemas']['Finding'];
type Source = components['schemas']['Source'];

/** How configurations call the database, which listens elsewhere in a test. */
const KNOWN_AS = 'orders-db.example:5432';
const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_COMMITTER_NAME: 'Build',
  GIT_COMMITTER_EMAIL: 'build@example.com',
};

/** A firm's repository with what does not belong there: made before the service starts, which must be let into its folder. */
export class PlantedRepository {
  /** Registered for somebody: it lies here all the same. */
  readonly registered = madeBy('github-pat-classic', 21);
  /** Nobody's, as far as it says. */
  readonly unattributed = madeBy('slack-bot-token', 22);
  /** Of a role of the database. */
  readonly password = randomBytes(18).toString('hex');

  private constructor(readonly folder: string) {}

  static create(): PlantedRepository {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-planted-')));
    const made = new PlantedRepository(folder);
    made.git('init', '-q', '-b', 'main');
    made.commit('Ines Calvert <ines.calvert@example.com>', 'Deploy the ledger', {
      CODEOWNERS: '* tomasz.wolanski@example.com\n/services/ ines.calvert@example.com\n',
      'deploy/production/values.yaml': [
        'ledger:',
        '  replicas: 3',
        `  databaseUrl: postgresql://svc_ledger:${made.password}@${KNOWN_AS}/orders`,
        '',
      ].join('\n'),
      'docs/example.env':
        'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n',
    });
    made.commit('Tomasz Wolański <tomasz.wolanski@example.com>', 'Mirror releases', {
      'services/mirror/.env': `GITHUB_TOKEN=${made.registered}\n`,
      'deploy/staging/mirror-secret.yaml': [
        'apiVersion: v1',
        'kind: Secret',
        'metadata: { name: mirror }',
        `data: { token: ${Buffer.from(made.registered).toString('base64')} }`,
        '',
      ].join('\n'),
      'services/alerts/config.yml': `slack_bot_token: ${made.unattributed}\n`,
    });
    made.commit('Somebody Else <contractor@elsewhere.example>', 'Report every morning', {
      'services/reports/settings.py': `DATABASE_URL = "postgresql://reporting:${randomBytes(18).toString('hex')}@${KNOWN_AS}/orders"\n`,
    });
    return made;
  }

  /** @returns the commit */
  commit(author: string, message: string, files: Readonly<Record<string, string>>): string {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
      writeFileSync(path.join(this.folder, name), content);
    }
    this.git('add', '-A');
    this.git('commit', '-q', '-m', message, '--author', author);
    return this.git('rev-parse', 'HEAD');
  }

  /** @returns a folder beside what is committed: a token of nobody's in its `.env`, and two accounts */
  scratch(): string {
    const folder = path.join(this.folder, 'scratch');
    mkdirSync(folder);
    writeFileSync(path.join(folder, '.env'), `SLACK_BOT_TOKEN=${madeBy('slack-bot-token', 23)}\n`);
    writeFileSync(
      path.join(folder, 'accounts.yaml'),
      ['batch-reader', 'batch-writer']
        .map((name) => `apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name}, namespace: desk }\n`)
        .join('---\n'),
    );
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private git(...parameters: readonly string[]): string {
    return execFileSync('git', parameters, { cwd: this.folder, env: ENVIRONMENT, stdio: 'pipe' }).toString().trim();
  }
}

export interface DiscoveryEstate {
  /** Of an identity that is known, and exposed. */
  readonly findingId: string;
  /** An account of the database that nobody registered, and may do much. */
  readonly accountFindingId: string;
  /** Which it is being retired. */
  readonly retiringId: string;
  readonly sourceId: string;
}

/** Has the repository and a real PostgreSQL looked at, with one source that fails, and begins to work on what was found. */
export async function furnishDiscovery(
  muster: Muster,
  administrator: SignedIn,
  analystId: string,
  identities: { readonly ledger: string; readonly mirror: string; readonly gone: string },
  planted: PlantedRepository,
  server: RotatingServer,
): Promise<DiscoveryEstate> {
  const { visitor } = administrator;
  await plantAccounts(server);
  for (const [identityId, user] of [
    [identities.ledger, 'svc_ledger'],
    [identities.gone, 'recon_2019'],
  ] as const)
    await visitor.post(`/v1/identities/${identityId}/aliases`, { identifier: `postgresql://${user}@${KNOWN_AS}` });
  await visitor.post(`/v1/identities/${identities.mirror}/keys`, {
    ...{ system: 'github.com', innerDigest: createHash('sha256').update(planted.registered).digest('hex') },
    ...{ lastFour: planted.registered.slice(-4), expiresAt: null },
  });
  await visitor.post(`/v1/identities/${identities.ledger}/grants`, {
    ...{ target: 'orders-db', scope: 'SELECT on public.orders', purpose: 'Reads what is to be booked' },
  });
  const { rows } = await server.superuser.query<{ name: string }>(
    `SELECT rolname::text AS name FROM pg_roles WHERE rolname ~ '^(blue|green)_'`,
  );
  for (const { name } of rows)
    await visitor.post(`/v1/identities/${identities.mirror}/aliases`, {
      identifier: `postgresql://${name}@${KNOWN_AS}`,
    });
  const database = await visitor.post<Source>('/v1/sources', {
    ...{ name: 'orders-db', kind: 'postgresql', settings: { knownAs: [KNOWN_AS] }, everySeconds: 21_600 },
    ...{ access: { url: server.superuserUrl }, privateNetwork: { reason: 'It runs beside this.' } },
  });
  const repository = await visitor.post<Source>('/v1/sources', {
    ...{ name: 'payments', kind: 'git', settings: { path: planted.folder }, everySeconds: 3_600 },
  });
  const failing = await visitor.post<Source>('/v1/sources', {
    ...{
      name: 'old-checkout',
      kind: 'files',
      settings: { path: path.join(planted.folder, 'gone') },
      everySeconds: 86_400,
    },
  });
  for (const { id } of [database, repository, failing]) await lookAt(administrator, id);
  const { items } = await visitor.get<{ items: Finding[] }>('/v1/findings?state=any&limit=200');
  const of = (verdict: Finding['verdict'], kind: Finding['kind'] = 'credential') =>
    items.find((each) => each.verdict === verdict && each.kind === kind);
  const finding = of('shadow-credential') ?? items[0]!;
  const account = items.find(
    ({ kind, verdict, words }) => kind === 'account' && verdict === 'shadow-identity' && /etl_admin/.test(words[0]!),
  );
  const leaked = of('misplaced') ?? items[0]!;
  await visitor.post(`/v1/findings/${finding.id}/assignment`, { personId: analystId });
  await visitor.post(`/v1/findings/${finding.id}/comments`, {
    words: 'Asked the ledger team whether the batch still runs.',
  });
  await visitor.post(`/v1/findings/${leaked.id}/retirement`, { reason: 'It is in the history of a repository' });
  const chat = of('unattributed');
  if (chat)
    await visitor.post(`/v1/findings/${chat.id}/dismissal`, {
      ...{
        reason: 'The workspace is closed at the end of the month',
        until: new Date(Date.now() + 20 * 86_400_000).toISOString(),
      },
    });
  await callPlaces(muster, planted.folder);
  return {
    ...{
      findingId: finding.id,
      accountFindingId: (account ?? finding).id,
      retiringId: leaked.id,
      sourceId: repository.id,
    },
  };
}

/** As if the repository lay where firms have theirs: nobody looks again by itself, as it does not. */
function callPlaces(muster: Muster, folder: string): Promise<unknown> {
  return withClient(muster.database.superuserUrl, async (client) => {
    await client.query(
      `UPDATE muster.discovery_sources SET place = replace(place, $1, '/srv/checkouts/payments'),
         settings = replace(settings::text, $1, '/srv/checkouts/payments')::jsonb, next_due_at = now() + interval '50 minutes'`,
      [folder],
    );
    await client.query(`UPDATE muster.discovery_runs SET state = 'cancelled', ended_at = now() WHERE ended_at IS NULL`);
  });
}

/** Accounts as a database has them after some years. */
async function plantAccounts({ superuser }: RotatingServer): Promise<void> {
  await superuser.query(`
    CREATE TABLE public.orders (id bigint, client text, amount numeric);
    CREATE TABLE public.positions (id bigint);
    CREATE ROLE svc_ledger LOGIN PASSWORD 'x';
    GRANT SELECT, INSERT, UPDATE ON public.orders TO svc_ledger;
    CREATE ROLE etl_admin LOGIN SUPERUSER PASSWORD 'x';
    CREATE ROLE reporting_ro NOLOGIN;
    GRANT SELECT ON public.orders, public.positions TO reporting_ro;
    CREATE ROLE reporting LOGIN PASSWORD 'x' IN ROLE reporting_ro;`);
}

/** Has a source looked at, and waits until that has ended, well or not. */
export async function lookAt({ visitor }: SignedIn, id: string): Promise<Source> {
  const { status } = await visitor.call('POST', `/v1/sources/${id}/runs`, {});
  // 409: it is due, and so begun already.
  if (status !== 202 && status !== 409) throw new Error(`The source could not be looked at: ${status}.`);
  for (const giveUpAt = Date.now() + 120_000; Date.now() < giveUpAt; await sleep(200)) {
    const source = await visitor.get<Source>(`/v1/sources/${id}`);
    if (source.run?.endedAt != null) return source;
  }
  throw new Error('The look never ended.');
}

function madeBy(rule: string, seed: number): string {
  const { shape } = RULES.find(({ id }) => id === rule)!;
  if (!('grammar' in shape)) throw new Error(`The rule ${rule} makes nothing.`);
  return shape.grammar.make(seeded(seed));
}
