import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Audit } from '../../src/audit/index.js';
import { awsKey } from '../../src/discovery/domain/identifiers.js';
import { accountOf } from '../../src/discovery/identities/aws.js';
import { DiscoveryLogFollower } from '../../src/discovery/intake/log-follower.js';
import { digestOf, DiscoveryRoom } from './room.js';
import { accountSeen, held, tokenSeen } from './seen.js';

/** What was seen becomes findings, and what they are follows what is registered. */

interface Row {
  readonly id: string;
  readonly verdict: string;
  readonly state: string;
  readonly identity_id: string | null;
  readonly credential_id: string | null;
  readonly place_count: number;
}

let room: DiscoveryRoom;
let made = 1000;

beforeAll(async () => {
  room = await DiscoveryRoom.open();
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

async function finding(text: string): Promise<Row> {
  const name = text.includes(':') ? text : `%`;
  const { rows } = await room.superuser.query(
    `SELECT f.* FROM muster.discovery_findings f JOIN muster.discovery_names n ON n.finding_id = f.id
     WHERE n.name LIKE $1 AND n.role <> 'holds' AND ($2 = '' OR f.thing ->> 'lastFour' = $2) ORDER BY f.id LIMIT 1`,
    [name, text.includes(':') ? '' : text.slice(-4)],
  );
  return rows[0] as Row;
}

describe('what was seen', () => {
  it('is one finding with every place where it stands, and one more place is no record', async () => {
    const source = await room.source();
    const seen = ['a.env', 'b.env', 'c.env'].map((path) =>
      tokenSeen('one-secret-in-places-aaaa', {
        place: { path, line: 1, within: ['base64'], commit: null, commitCount: 0, unreachable: false },
      }),
    );
    await room.take(source, seen[0]!, seen[1]!);
    await room.take(source, seen[1]!, seen[2]!);
    expect(await finding('aaaa')).toMatchObject({ verdict: 'unattributed', state: 'open', place_count: 3 });
    expect(await room.records((await finding('aaaa')).id, 'finding.resolved')).toBe(0);
  });

  it('is resolved again once its key is registered, and once that is removed', async () => {
    const { id } = await room.identity();
    await room.take(await room.source(), tokenSeen('registered-later-bbbb'));
    const key = await room.expected<{ id: string }>(201, 'POST', `/v1/identities/${id}/keys`, {
      as: 'administrator',
      body: { system: 'vendor', innerDigest: digestOf('registered-later-bbbb').toString('hex') },
    });
    await room.touched(id);
    const registered = await finding('bbbb');
    expect(registered).toMatchObject({ verdict: 'misplaced', identity_id: id, credential_id: key.id, state: 'open' });
    expect(await room.records(registered.id, 'finding.resolved')).toBe(1);
    await room.expected(204, 'DELETE', `/v1/keys/${key.id}`, { as: 'administrator' });
    await room.touched(id);
    const removed = await room.superuser.query('SELECT because FROM muster.discovery_findings WHERE id = $1', [
      registered.id,
    ]);
    expect(removed.rows).toEqual([{ because: expect.stringContaining('was revoked') }]);
  });

  it('is its holder’s by the list of another system, and by what that holder is called there', async () => {
    const [list, files] = [await room.source({ kind: 'aws-iam' }), await room.source()];
    const key = awsKey('AKIAQYLPMN5HHHFPZAM2');
    await room.take(files, tokenSeen('listed-elsewhere-cccc', { keyIds: [key] }));
    expect(await finding('cccc')).toMatchObject({ verdict: 'unattributed' });
    await room.take(list, accountSeen('aws:029608264753:user/ci', { credentials: [held(key)] }));
    expect(await finding('cccc')).toMatchObject({ verdict: 'shadow-identity' });
    const { id } = await room.identity();
    await room.expected(201, 'POST', `/v1/identities/${id}/aliases`, {
      as: 'administrator',
      body: { identifier: 'arn:aws-us-gov:iam::029608264753:user/bots/CI' },
    });
    await room.touched(id);
    expect(await finding('cccc')).toMatchObject({ verdict: 'shadow-credential', identity_id: id });
    expect(await finding('aws:029608264753:user/ci')).toMatchObject({
      verdict: 'registered',
      state: 'settled',
      identity_id: id,
    });
  });

  it('is its account’s by whatever name that account goes, whether the list or the leak was seen first', async () => {
    const [list, files] = [await room.source({ kind: 'postgresql' }), await room.source()];
    const [name, address] = ['db.twice.example', '10.20.0.5'].map((host) => `postgresql:${host}:5432:app`);
    await room.take(files, tokenSeen('opens-by-address-llll', { holders: [address!] }));
    const { id } = await room.identity();
    const body = { identifier: name };
    const alias = await room.expected<{ id: string }>(201, 'POST', `/v1/identities/${id}/aliases`, {
      as: 'administrator',
      body,
    });
    await room.touched(id);
    expect(await finding('llll')).toMatchObject({ verdict: 'shadow-identity' });
    await room.take(list, accountSeen(name!, { identifiers: [name!, address!] }));
    expect(await finding('llll')).toMatchObject({ verdict: 'shadow-credential', identity_id: id });
    await room.expected(204, 'DELETE', `/v1/aliases/${alias.id}`, { as: 'administrator' });
    await room.touched(id);
    expect(await finding('llll')).toMatchObject({ verdict: 'shadow-identity' });
    await room.expected(201, 'POST', `/v1/identities/${id}/aliases`, { as: 'administrator', body });
    await room.touched(id);
    expect(await finding('llll')).toMatchObject({ verdict: 'shadow-credential', identity_id: id });
  });

  it('is closed once no source sees it any more, and open again when one does', async () => {
    const source = await room.source();
    await room.take(source, tokenSeen('comes-and-goes-dddd'));
    const again = await room.completed(await room.completed(source));
    expect(await finding('dddd')).toMatchObject({ state: 'closed', place_count: 0 });
    await room.take(again, tokenSeen('comes-and-goes-dddd'));
    expect(await finding('dddd')).toMatchObject({ state: 'open', place_count: 1 });
  });

  it('is closed together with all that is closed with it: in one statement for many', async () => {
    const source = await room.source();
    await room.take(source, ...['xxxx', 'yyyy', 'zzzz'].map((end) => tokenSeen(`goes-with-the-rest-${end}`)));
    const later = await room.completed(source);
    const audit = room.get(Audit);
    const [appendAll, appended] = [audit.appendAll.bind(audit), [] as number[]];
    audit.appendAll = (tx, records) => {
      appended.push(records.length);
      return appendAll(tx, records);
    };
    await room.completed(later);
    audit.appendAll = appendAll;
    expect(appended).toEqual([3]);
    for (const end of ['xxxx', 'yyyy', 'zzzz']) expect(await finding(end)).toMatchObject({ state: 'closed' });
  });

  it('is settled where it belongs, and holds no digest that is not keyed', async () => {
    const { id } = await room.identity();
    await room.expected(201, 'POST', `/v1/identities/${id}/keys`, {
      as: 'administrator',
      body: { system: 'vendor', innerDigest: digestOf('where-it-belongs-eeee').toString('hex') },
    });
    const vault = await room.source({ keeps_secrets: true });
    await room.take(vault, tokenSeen('where-it-belongs-eeee'));
    expect(await finding('eeee')).toMatchObject({ verdict: 'registered', state: 'settled' });
    const { rows } = await room.superuser.query(
      `SELECT count(*)::integer AS count FROM muster.discovery_findings f
       WHERE f::text LIKE '%' || $1 || '%' OR f::text LIKE '%' || $2 || '%'`,
      [digestOf('where-it-belongs-eeee').toString('base64url'), digestOf('where-it-belongs-eeee').toString('hex')],
    );
    expect(rows).toEqual([{ count: 0 }]);
  });
});

describe('what somebody found elsewhere', () => {
  it('is said to be whose it is by digest and name, and is kept nowhere', async () => {
    const { id } = await room.identity({ name: 'ledger-bot' });
    const innerDigest = digestOf('found-in-a-pipeline-ffff').toString('hex');
    await room.expected(201, 'POST', `/v1/identities/${id}/keys`, {
      as: 'administrator',
      body: { system: 'vendor', innerDigest },
    });
    const before = await room.superuser.query('SELECT count(*) FROM muster.discovery_findings');
    const { resolutions } = await room.expected<{ resolutions: unknown[] }>(200, 'POST', '/v1/resolutions', {
      as: 'auditor',
      body: { credentials: [{ innerDigest }, { names: ['google:nobody@x.iam.gserviceaccount.com'] }, { names: [] }] },
    });
    expect(resolutions).toEqual([
      expect.objectContaining({ verdict: 'misplaced', identityId: id, identityName: 'ledger-bot' }),
      expect.objectContaining({ verdict: 'shadow-identity', named: 'google:nobody@x.iam.gserviceaccount.com' }),
      expect.objectContaining({ verdict: 'unattributed', identityId: null }),
    ]);
    expect((await room.superuser.query('SELECT count(*) FROM muster.discovery_findings')).rows).toEqual(before.rows);
  });
});

describe('people', () => {
  it('whom files name are kept by their ids alone, and strangers not at all', async () => {
    const place = { path: 'a.env', line: 1, within: [], commitCount: 1, unreachable: false };
    const commit = { id: 'c0ffee', at: '2026-11-01T00:00:00Z', author: 'Stranger Jones' };
    const clues = [
      {
        from: 'codeowners',
        words: 'CODEOWNERS names owner@stranger.example',
        facts: { owners: '@team owner@stranger.example' },
      },
    ];
    await room.take(await room.source(), tokenSeen('written-by-somebody-gggg', { place: { ...place, commit }, clues }));
    const { rows } = await room.superuser.query(
      `SELECT count(*)::integer AS count FROM muster.discovery_findings f JOIN muster.discovery_places p ON p.finding_id = f.id
       WHERE f::text || p::text ~ 'stranger|Stranger'`,
    );
    expect(rows).toEqual([{ count: 0 }]);
  });

  it('are suggested where a repository names them: by address, by a login of theirs, by their team', async () => {
    const engineer = room.personOf('platform-engineer');
    const { id } = await room.identity();
    await room.expected(201, 'POST', `/v1/identities/${id}/aliases`, {
      as: 'administrator',
      body: { identifier: 'github:github.com:user/ledger-bot' },
    });
    await room.superuser.query(`UPDATE muster.teams SET name = 'Payments', manager_id = $2 WHERE id = $1`, [
      room.teamId,
      engineer,
    ]);
    const owners = async (text: string) => {
      const secret = `named-in-codeowners-${(made += 1)}`;
      const clues = [{ from: 'codeowners', words: `CODEOWNERS names ${text}`, facts: { owners: text } }];
      await room.take(await room.source(), tokenSeen(secret, { clues }));
      const { rows } = await room.superuser.query(
        `SELECT p.owner_ids FROM muster.discovery_places p JOIN muster.discovery_findings f ON f.id = p.finding_id
         WHERE f.thing ->> 'lastFour' = $1 ORDER BY f.id DESC LIMIT 1`,
        [secret.slice(-4)],
      );
      return (rows[0] as { owner_ids: string[] }).owner_ids;
    };
    expect(await owners('@ledger-bot')).toEqual([room.personOf('custodian')]);
    expect(await owners('@acme/payments @stranger')).toEqual([engineer]);
    const namesake = await room.identity({ primary_custodian_id: engineer });
    await room.expected(201, 'POST', `/v1/identities/${namesake.id}/aliases`, {
      as: 'administrator',
      body: { identifier: 'gitlab:gitlab.com:user/ledger-bot' },
    });
    expect(await owners('@ledger-bot')).toEqual([]);
  });

  it('who committed it are known by their address, and what a file says of owners is kept nowhere', async () => {
    const email = 'ada@firm.example';
    const { person } = await room.expected<{ person: { id: string } }>(201, 'POST', '/v1/people', {
      as: 'administrator',
      body: { name: 'Ada Ames', email, roles: ['custodian'] },
    });
    const commit = { id: 'c0ffee', at: '2026-11-01T00:00:00Z', author: `ada <${email}>` };
    const place = { path: 'a.env', line: 1, within: [], commit, commitCount: 1, unreachable: false };
    await room.take(await room.source(), tokenSeen('committed-by-ada-iiii', { place }));
    const owned = accountSeen('kubernetes:cluster.example:payments/owned');
    const more = { owners: 'owner@stranger.example' };
    await room.take(await room.source(), { ...owned, facts: { ...owned.facts, more } });
    const { rows } = await room.superuser.query(
      `SELECT p.commit ->> 'authorId' AS author FROM muster.discovery_places p WHERE p.path = 'a.env'
         AND p.commit ->> 'authorId' IS NOT NULL
       UNION ALL SELECT 'kept' FROM muster.discovery_places p WHERE p::text LIKE '%stranger%'`,
    );
    expect(rows).toEqual([{ author: person.id }]);
  });
});

describe('what is registered and not there', () => {
  it('is a ghost once its system was read whole, until it is there or registered no more', async () => {
    const { id } = await room.identity();
    const add = (name: string) =>
      room.expected<{ id: string }>(201, 'POST', `/v1/identities/${id}/aliases`, {
        as: 'administrator',
        body: { identifier: `postgresql://${name}@ghosts.example` },
      });
    const [, left] = [await add('back'), await add('left')];
    const ghosts = async () => {
      const { rows } = await room.superuser.query(
        `SELECT f.key, f.state, f.identity_id FROM muster.discovery_findings f WHERE f.kind = 'ghost' ORDER BY f.key`,
      );
      return rows.map((row) => [(row as Row & { key: string }).key.split(':').at(-1), (row as Row).state]);
    };
    const other = accountSeen('postgresql:ghosts.example:5432:other');
    const source = await room.source({ kind: 'postgresql' });
    await room.take(source, other);
    expect(await ghosts()).toEqual([]);
    const again = await room.completed(source);
    expect(await ghosts()).toEqual([
      ['back', 'open'],
      ['left', 'open'],
    ]);
    await room.take(again, other, accountSeen('postgresql:ghosts.example:5432:back'));
    await room.completed(again);
    await room.expected(204, 'DELETE', `/v1/aliases/${left.id}`, { as: 'administrator' });
    await room.touched(id);
    expect(await ghosts()).toEqual([
      ['back', 'closed'],
      ['left', 'closed'],
    ]);
  });
});

describe('a ghost', () => {
  interface Ghost {
    readonly id: string;
    readonly state: string;
    readonly version: number;
  }
  const [system, other] = ['postgresql:haunted.example:5432', accountSeen('postgresql:haunted.example:5432:other')];
  const ghostOf = async (key: string): Promise<Ghost | undefined> => {
    const sql = 'SELECT f.id, f.state, f.version FROM muster.discovery_findings f WHERE f.key = $1';
    return (await room.superuser.query(sql, [`ghost:${key}`])).rows[0] as Ghost | undefined;
  };
  const alias = async (name: string) => {
    const { id } = await room.identity();
    const body = { identifier: `postgresql://${name}@haunted.example` };
    await room.expected(201, 'POST', `/v1/identities/${id}/aliases`, { as: 'administrator', body });
    return `${system}:${name}`;
  };

  it('appears where a list that was read before has nothing left, is told of each time it comes back', async () => {
    const name = await alias('emptied');
    const empty = await room.completed(await room.source({ kind: 'postgresql' }));
    expect(await ghostOf(name)).toBeUndefined();
    const later = await room.completed(empty, [system]);
    const first = (await ghostOf(name))!;
    expect([first.state, await room.records(first.id, 'finding.resolved')]).toEqual(['open', 0]);
    await room.take(later, accountSeen(name));
    const again = await room.completed(later, [system]);
    expect(await ghostOf(name)).toMatchObject({ state: 'closed' });
    const last = await room.completed(again);
    await room.completed(last, [system]);
    expect(await ghostOf(name)).toMatchObject({ state: 'open', version: first.version + 2 });
    expect(await room.records(first.id, 'finding.resolved')).toBe(2);
  });

  it('rests until the day of its dismissal, and no longer', async () => {
    const name = await alias('dismissed');
    await room.completed(await room.source({ kind: 'postgresql' }), [system]);
    const { id } = (await ghostOf(name))!;
    const until = new Date(room.clock.now().getTime() + 5 * 86_400_000).toISOString();
    const body = { reason: 'It comes back.', until };
    await room.expected(200, 'POST', `/v1/findings/${id}/dismissal`, { as: 'analyst', body });
    await room.get(DiscoveryLogFollower).turn();
    expect(await ghostOf(name)).toMatchObject({ state: 'dismissed' });
    room.clock.forward(6);
    await room.get(DiscoveryLogFollower).turn();
    expect(await ghostOf(name)).toMatchObject({ state: 'open' });
  });

  it('is gone with the last source that read its list', async () => {
    const name = await alias('unread');
    const systems = { kind: 'postgresql', systems: [system] };
    const [one, two] = [await room.source(systems), await room.source(systems)];
    await room.take(one, other);
    await room.completed(one, [system]);
    const remove = (id: string) => room.expected(204, 'DELETE', `/v1/sources/${id}`, { as: 'analyst' });
    await room.superuser.query(`UPDATE muster.discovery_sources SET status = 'paused' WHERE id <> ALL ($1)`, [
      [one.sourceId, two.sourceId],
    ]);
    await remove(two.sourceId);
    expect(await ghostOf(name)).toMatchObject({ state: 'open' });
    await remove(one.sourceId);
    expect(await ghostOf(name)).toMatchObject({ state: 'closed' });
  });

  it.each([
    `revoked_at = now(), revocation_reason = 'over'`,
    `not_before = now() - interval '1 day', expires_at = now() - interval '1 second'`,
  ])('of a key is gone once that has ended: %s', async (end) => {
    const { id } = await room.identity();
    const secret = `ends-while-missing-${(made += 1)}`;
    const key = await room.expected<{ id: string }>(201, 'POST', `/v1/identities/${id}/keys`, {
      ...{ as: 'administrator', body: { system: 'vault', innerDigest: digestOf(secret).toString('hex') } },
    });
    const source = await room.source({ kind: 'redis', keeps_secrets: true });
    const account = accountSeen('redis:ending.example:6379:app');
    await room.take(source, account, tokenSeen(secret));
    const again = await room.completed(source);
    await room.take(again, account);
    const later = await room.completed(again);
    expect(await ghostOf(key.id)).toMatchObject({ state: 'open' });
    await room.superuser.query(`UPDATE muster.credentials SET ${end} WHERE id = $1`, [key.id]);
    await room.take(later, account);
    await room.completed(later);
    expect(await ghostOf(key.id)).toMatchObject({ state: 'closed' });
  });
});

describe('an account on a target', () => {
  it('is its identity’s by where the target is, without an alias, and a ghost where the list does not have it', async () => {
    const [{ id: one }, { id: other }] = [await room.identity(), await room.identity()];
    await room.target('postgresql', 'DB.targets.example:5432/ledger as muster', { 'ledger:w': one, gone: other });
    await room.target('mariadb', 'my.targets.example:3306 as muster', { 'app@%': one });
    await room.target('aws-iam', 'iam.amazonaws.com:443 as AKIAQYLPMN5HHHFPZAM2', { CI: other });
    const source = await room.source({ kind: 'postgresql' });
    const name = 'postgresql:db.targets.example:5432:ledger:w';
    await room.take(source, accountSeen(name), accountSeen('postgresql:db.targets.example:5432:other'));
    expect(await finding(name)).toMatchObject({ verdict: 'registered', identity_id: one });
    await room.take(
      await room.source(),
      tokenSeen('opens-a-target-jjjj', { holders: ['mysql:my.targets.example:3306:app'] }),
    );
    expect(await finding('jjjj')).toMatchObject({ verdict: 'shadow-credential', identity_id: one });
    await room.take(
      await room.source({ kind: 'aws-iam' }),
      accountSeen(`aws:${accountOf('AKIAQYLPMN5HHHFPZAM2')}:user/ci`),
    );
    expect(await finding(`aws:${accountOf('AKIAQYLPMN5HHHFPZAM2')}:user/ci`)).toMatchObject({ identity_id: other });
    const again = await room.completed(source);
    const ghost = 'ghost:postgresql:db.targets.example:5432:gone';
    const ghosts = async () => {
      const sql = 'SELECT f.state, f.identity_id FROM muster.discovery_findings f WHERE f.key = $1';
      return (await room.superuser.query(sql, [ghost])).rows as unknown[];
    };
    expect(await ghosts()).toEqual([{ state: 'open', identity_id: other }]);
    await room.touched(other);
    expect(await ghosts()).toMatchObject([{ state: 'open' }]);
    await room.take(again, accountSeen('postgresql:db.targets.example:5432:gone'), accountSeen(name));
    await room.completed(again);
    expect(await ghosts()).toMatchObject([{ state: 'closed' }]);
  });
});

describe('a registered key', () => {
  it('is a ghost once a list that showed it shows it no more and it is seen nowhere, until it is', async () => {
    const { id } = await room.identity();
    const key = await room.expected<{ id: string }>(201, 'POST', `/v1/identities/${id}/keys`, {
      as: 'administrator',
      body: { system: 'vault', innerDigest: digestOf('listed-once-kkkk').toString('hex'), lastFour: 'kkkk' },
    });
    const states = async () => {
      const { rows } = await room.superuser.query(
        'SELECT f.state, f.identity_id, f.because FROM muster.discovery_findings f WHERE f.key = $1',
        [`ghost:${key.id}`],
      );
      return rows as { state: string; identity_id: string; because: string }[];
    };
    const source = await room.source({ kind: 'redis', keeps_secrets: true });
    const account = accountSeen('redis:keys.example:6379:app');
    await room.take(source, account, tokenSeen('listed-once-kkkk'));
    const again = await room.completed(source);
    expect(await states()).toEqual([]);
    await room.take(again, account);
    const later = await room.completed(again);
    expect(await states()).toEqual([
      { state: 'open', identity_id: id, because: expect.stringMatching(/^vault key …kkkk is registered as/) },
    ]);
    await room.take(later, account, tokenSeen('listed-once-kkkk'));
    await room.completed(later);
    expect(await states()).toMatchObject([{ state: 'closed' }]);
  });
});

describe('an id that is told by itself', () => {
  it('is no secret, and one with the secret that it belongs to', async () => {
    const keyId = 'AKIAQYLPMN5HHHFPZAM7';
    const clue = { from: 'aws-key-id', words: keyId, facts: { keyId, resource: 'access key' } };
    const [source, digest] = [await room.source(), digestOf(keyId).toString('base64url')];
    await room.take(source, tokenSeen('the-secret-to-the-id-hhhh', { clues: [clue] }));
    await room.take(
      source,
      tokenSeen(null, {
        digest,
        clues: [clue],
        place: { path: 'b.env', line: 1, within: [], commit: null, commitCount: 0, unreachable: false },
      }),
    );
    expect(await finding('hhhh')).toMatchObject({ place_count: 2 });
  });
});

describe('a name in another system', () => {
  it('is refused where nobody knows such names, and where another identity has it', async () => {
    const [{ id: one }, { id: other }] = [await room.identity(), await room.identity()];
    const add = (status: number, id: string, identifier: string) =>
      room.expected<{ code: string; identifier: string }>(status, 'POST', `/v1/identities/${id}/aliases`, {
        as: 'administrator',
        body: { identifier },
      });
    expect(await add(201, one, 'postgres://ledger@DB.example/payments')).toMatchObject({
      identifier: 'postgresql:db.example:5432:ledger',
    });
    expect(await add(409, other, 'postgresql://ledger@db.example.:5432')).toMatchObject({ code: 'alias_taken' });
    expect(await add(400, other, 'somebody')).toMatchObject({ code: 'alias_malformed' });
  });
});
