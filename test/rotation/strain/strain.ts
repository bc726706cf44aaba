import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Redis } from 'ioredis';
import { withClient } from '../../../src/platform/database/connection.js';
import type { DatabaseUrls } from '../../../src/platform/database/migrator.js';
import { type Home, newHome, ServiceProcess } from '../../harness/service-process.js';
import { inconsistencies } from '../../promises/cases/consistency.js';
import { Scene } from '../../promises/cases/scene.js';
import { csrFor, newKey } from '../../issuance/caller.js';
import { everyStepOnce } from '../steps-done.js';
import type { RotatingServer } from '../server.js';
import { Balancer } from './balancer.js';
import { ConsumerHost, type ConsumerSpec, type Habit, HABITS, type SecretSpec, Tally } from './consumers.js';
import { FaultyDoor, MOODS } from './faulty-door.js';
import { Verifier } from './verifier.js';

/** What is put under strain, and how hard. */
export interface StrainOptions {
  readonly identities: number;
  /** How long things go wrong; then everything is let come to its end. */
  readonly seconds: number;
  readonly random: () => number;
  /** Replicas beside the first, which do its work and answer as well; without any, the first does all of it. */
  readonly workers: number;
  /** Of whole processes of consumers, in seconds. */
  readonly clocks: readonly number[];
  /** Where libfaketime's library lies, so that OpenSSL's clock is wrong too; else only JavaScript's is. */
  readonly fakeTime?: string | undefined;
  readonly observeSeconds: number;
  /** Between two uses of anything by anybody, or so: what two cores can do beside all else. */
  readonly restMilliseconds: number;
  /** How long Muster's own certificates live here. */
  readonly certificateSeconds: number;
  /** Whether they rotate by a rotation too, which waits for the life of one; else their holders only renew them. */
  readonly rotateCertificates?: boolean;
  readonly database: DatabaseUrls & { readonly superuserUrl: string };
  readonly crashDatabase?: () => Promise<void>;
  readonly postgresql: RotatingServer;
  readonly redis?: { readonly port: number; readonly url: (port: number) => string; readonly superuser: Redis };
}

/** What came of it. */
export interface StrainFigures {
  readonly authenticationFailures: readonly string[];
  readonly orphanedCredentials: readonly string[];
  readonly doubledSteps: readonly string[];
  readonly inconsistencies: readonly string[];
  /** Consumers that never used anything. */
  readonly unused: readonly string[];
  readonly unfinished: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly waits: readonly (readonly [words: string, count: number])[];
}

interface Rotating {
  readonly id: string;
  readonly kind: ConsumerSpec['kind'];
}

interface SeenRun {
  readonly id: string;
  readonly rotationId: string;
  readonly failure: string | null;
  readonly step: string;
  readonly evidence: { readonly verdict: string; readonly missing: readonly string[] } | null;
}

const UNTIRING = {
  RATE_LIMIT_FAILURES_PER_MINUTE: '1000000',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  LOG_LEVEL: 'error',
};
/** By how much the clocks of those who look at certificates are wrong. */
const VERIFIER_CLOCKS = [-30, 0, 30];
/** What a Redis cannot show is left to people, who look that nobody is missing. */
const FOR_PEOPLE = ['evidence_incomplete', 'old_still_used'];
const PATIENCE_MILLISECONDS = 600_000;
const ANSWER_MILLISECONDS = 15_000;
const STARTERS = 4;

/** Rotations under consumers that follow their contract, while everything else goes wrong (P5). */
export class Strain {
  private readonly tally = new Tally();
  private readonly rotating: Rotating[] = [];
  private readonly consumers: ConsumerSpec[] = [];
  private readonly holders: { readonly identityId: string; readonly instance: string; readonly habit: Habit }[] = [];
  private readonly homes: Home[] = [];
  private readonly services: ServiceProcess[] = [];
  private readonly hosts: ConsumerHost[] = [];
  private readonly doors: FaultyDoor[] = [];
  private readonly verifiers: Verifier[] = [];
  private balancer: Balancer | undefined;
  private readonly counts = { kills: 0, database_crashes: 0, host_kills: 0, overrides: 0, retries: 0, unanswered: 0 };
  private scene!: Scene;
  private redisMade = 0;

  private constructor(private readonly options: StrainOptions) {}

  static async run(options: StrainOptions): Promise<StrainFigures> {
    const strain = new Strain(options);
    try {
      await strain.furnish();
      return await strain.goWrong();
    } finally {
      await strain.close();
    }
  }

  // -- What there is ---------------------------------------------------------------------------------------------------

  private async furnish(): Promise<void> {
    const { workers, database } = this.options;
    for (let number = 0; number <= workers; number += 1) {
      this.homes.push(await newHome(this.homes[0]));
      await this.startService(number);
    }
    this.balancer = await Balancer.before(() => this.services.map(({ ports }) => ports.mutual));
    const administrator = await this.services[0]!.cast.administrator();
    this.scene = await Scene.open({ place: this.services[0]!, administrator, superuserUrl: database.superuserUrl });
    this.scene.superuser.on('error', () => undefined);
    await this.scene.superuser.query(
      'UPDATE muster.profiles SET default_ttl_seconds = $1 WHERE kind = $2 RETURNING id',
      [this.options.certificateSeconds, 'svid'],
    );
    await this.furnishPlaces();
    await this.furnishIdentities();
  }

  private async startService(number: number): Promise<void> {
    const { ownerUrl, appUrl, signerUrl } = this.options.database;
    // All of them are one installation.
    const publicUrl = this.homes[0]!.ports && `https://localhost:${this.homes[0]!.ports.open}`;
    const roles = this.options.workers === 0 ? 'all' : number === 0 ? 'api,migrate' : 'api,worker';
    const service = await ServiceProcess.start(this.homes[number]!, {
      ...{ DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: appUrl, DATABASE_SIGNER_URL: signerUrl },
      ...{ ...UNTIRING, MUSTER_ROLES: roles, ...(publicUrl && { PUBLIC_URL: publicUrl }) },
    });
    this.services[number] = service;
    await service.ready();
  }

  private async furnishPlaces(): Promise<void> {
    const { random, postgresql, redis } = this.options;
    const own = await this.certificateOf((await this.scene.identity()).id, 3600);
    const { rows } = await this.scene.superuser.query<{ trust_domain: string }>(
      'SELECT trust_domain FROM muster.installation',
    );
    for (const clock of VERIFIER_CLOCKS)
      this.verifiers.push(await Verifier.start(this.scene.place.root, own, rows[0]!.trust_domain, clock));
    const port = Number(new URL(postgresql.superuserUrl).port);
    this.doors.push(await FaultyDoor.to(port, random));
    if (redis) this.doors.push(await FaultyDoor.to(redis.port, random));
  }

  private async furnishIdentities(): Promise<void> {
    const { identities, postgresql, redis } = this.options;
    const targets = {
      postgresql: await this.target('postgresql', withPort(postgresql.superuserUrl, this.doors[0]!.port)),
      redis: redis ? await this.target('redis', redis.url(this.doors[1]!.port)) : undefined,
    };
    const numbers = Array.from({ length: identities }, (_, number) => number);
    await atOnce(STARTERS, numbers, (number) => this.furnishIdentity(number, targets));
    await this.scene.superuser.query(
      'UPDATE muster.rotations SET observe_seconds = $1, consumer_deadline_seconds = CASE WHEN target_id = $2 THEN $1 ELSE 86400 END',
      [this.options.observeSeconds, targets.redis ?? ''],
    );
  }

  private async furnishIdentity(
    number: number,
    targets: Readonly<Record<SecretSpec['kind'], string | undefined>>,
  ): Promise<void> {
    const { postgresql, redis } = this.options;
    const kind = kindOf(number, redis !== undefined);
    const habit = HABITS[Math.floor(number / 6) % HABITS.length]!;
    const { id: identityId, spiffeId } = await this.scene.identity();
    const instance = `${kind}-${habit}-${number}`;
    if (kind === 'mtls') {
      this.holders.push({ identityId, instance, habit });
      if (this.options.rotateCertificates) await this.certificateRotation(identityId, spiffeId);
      return;
    }
    const certificate = await this.certificateOf(identityId, 3600);
    const rotation = await this.rotation(kind, targets[kind]!, identityId, [instance, `${instance}-b`]);
    const port = kind === 'redis' ? redis!.port : Number(new URL(postgresql.superuserUrl).port);
    const other = HABITS[(HABITS.indexOf(habit) + 1 + (number % 3)) % HABITS.length]!;
    this.consumers.push({ kind, instance, habit, certificate, rotation, port });
    this.consumers.push({ kind, instance: `${instance}-b`, habit: other, certificate, rotation, port });
  }

  /** Their certificates live so short that they are got when everything else stands. */
  private async certify(): Promise<void> {
    const verifiers = this.verifiers.map(({ port }) => port);
    await atOnce(STARTERS, this.holders, async ({ identityId, instance, habit }) => {
      const certificate = await this.certificateOf(identityId, undefined);
      this.consumers.push({ kind: 'mtls', instance, habit, certificate, verifiers });
    });
  }

  private async target(kind: string, url: string): Promise<string> {
    const { visitor, id: ownerId } = this.scene.administrator;
    const privateNetwork = { reason: 'It runs in this test.' };
    const body = { name: `strained ${kind}`, kind, url, ownerId, privateNetwork };
    return (await visitor.post<{ id: string }>('/v1/targets', body)).id;
  }

  private async rotation(
    kind: 'postgresql' | 'redis',
    targetId: string,
    identityId: string,
    expectedConsumers: readonly string[],
  ): Promise<string> {
    const { visitor } = this.scene.engineer;
    const accounts = kind === 'redis' ? [await this.redisUser()] : await this.options.postgresql.pair();
    for (const account of accounts) await visitor.post(`/v1/targets/${targetId}/accounts`, { identityId, account });
    const body = { name: `rotation of ${accounts[0]}`, identityId, targetId, accounts, expectedConsumers };
    const { id } = await visitor.post<{ id: string }>('/v1/rotations', body);
    this.rotating.push({ id, kind });
    return id;
  }

  private async certificateRotation(identityId: string, spiffeId: string): Promise<void> {
    const body = { name: `certificates of ${identityId}`, identityId, targetId: null, accounts: [spiffeId] };
    const { id } = await this.scene.engineer.visitor.post<{ id: string }>('/v1/rotations', body);
    this.rotating.push({ id, kind: 'mtls' });
  }

  private async redisUser(): Promise<string> {
    const name = `account-${(this.redisMade += 1)}`;
    const rules = ['on', '>left-by-somebody-else', '~*', '+@read', '+ping', '+client|setname'];
    await this.options.redis!.superuser.call('ACL', 'SETUSER', name, ...rules);
    return name;
  }

  private async certificateOf(identityId: string, ttlSeconds: number | undefined) {
    const key = newKey();
    const attestation = { kind: 'join-token', token: await this.scene.joinToken(identityId) };
    const issued = await this.scene.stranger().post<{ certificate: string; chain: string[] }>('/v1/certificates', {
      ...{ attestation, csr: csrFor(key) },
      ...(ttlSeconds !== undefined && { ttlSeconds }),
    });
    return {
      key: key.export({ format: 'pem', type: 'pkcs8' }) as string,
      chain: [issued.certificate, ...issued.chain].join(''),
    };
  }

  /** Who restarts often has a process of their own, beside one for each clock. */
  private startHosts(): void {
    const { consumers } = this;
    const { clocks, identities } = this.options;
    const service = { mutualUrl: `https://localhost:${this.balancer!.port}`, root: this.services[0]!.root };
    const shared = {
      ...{ service, pauseMilliseconds: Math.max(200, identities * this.options.restMilliseconds) },
      awayMilliseconds: Math.min(20_000, this.options.seconds * 250),
    };
    const groups = clocks.map((): ConsumerSpec[] => []);
    consumers.forEach((one, index) => groups[index % groups.length]!.push(one));
    for (const [index, group] of groups.entries()) {
      const restarting = group.filter(({ habit }) => habit === 'restarting');
      const others = group.filter(({ habit }) => habit !== 'restarting');
      for (const each of [restarting, others])
        if (each.length > 0)
          this.hosts.push(
            new ConsumerHost({ ...shared, consumers: each }, this.tally, clocks[index]!, this.options.fakeTime),
          );
    }
    for (const host of this.hosts) host.run();
  }

  // -- What happens ----------------------------------------------------------------------------------------------------

  private async goWrong(): Promise<StrainFigures> {
    // Once in peace: from then on everybody uses what Muster made.
    await this.beginAll(this.rotating.filter(({ kind }) => kind !== 'mtls'));
    await this.made();
    await this.certify();
    this.startHosts();
    await this.attend(() => true);
    const inPeace = this.tally.uses;
    await this.beginAll(this.rotating);
    const end = Date.now() + this.options.seconds * 1000;
    const isOver = () => Date.now() > end;
    const people = this.attend(isOver);
    const calamities = [this.killServices(isOver), this.killHosts(isOver), this.spoilDoors(isOver)];
    if (this.options.crashDatabase) calamities.push(this.crashDatabase(isOver, this.options.crashDatabase));
    await Promise.all(calamities);
    await people;
    if (this.tally.uses === inPeace) throw new Error('Nobody used anything while it went wrong.');
    await Promise.all(this.hosts.map((host) => host.kill()));
    return withClient(this.options.database.superuserUrl, (superuser) => this.judge(superuser));
  }

  private async killServices(isOver: () => boolean): Promise<void> {
    const { random, seconds } = this.options;
    for (;;) {
      await this.pause((seconds / 8) * (0.5 + random()), isOver);
      if (isOver()) return;
      const number = Math.floor(random() * this.services.length);
      await this.services[number]!.kill();
      this.counts.kills += 1;
      await this.startAgain(number);
    }
  }

  /** The database may be down as well: then it does not start, and is started again. */
  private async startAgain(number: number): Promise<void> {
    for (let left = 5; ; left -= 1)
      try {
        return await this.startService(number);
      } catch (error) {
        if (left === 0) throw error;
        await this.services[number]!.kill();
      }
  }

  private async killHosts(isOver: () => boolean): Promise<void> {
    const { random, seconds } = this.options;
    for (;;) {
      await this.pause((seconds / 10) * (0.5 + random()), isOver);
      if (isOver()) return;
      // Those who restart often are every other one.
      const host = this.hosts[Math.floor(random() * this.hosts.length)]!;
      await host.kill();
      this.counts.host_kills += 1;
      await this.pause(random() * 3, isOver);
      host.run();
    }
  }

  private async spoilDoors(isOver: () => boolean): Promise<void> {
    const { random } = this.options;
    while (!isOver()) {
      await this.pause(1 + random() * 3, isOver);
      const door = this.doors[Math.floor(random() * this.doors.length)]!;
      door.mood = MOODS[1 + Math.floor(random() * (MOODS.length - 1))]!;
      await this.pause(random() * 2, isOver);
      door.mood = 'well';
    }
  }

  private async crashDatabase(isOver: () => boolean, crash: () => Promise<void>): Promise<void> {
    const { random, seconds } = this.options;
    for (;;) {
      await this.pause((seconds / 5) * (0.5 + random()), isOver);
      if (isOver()) return;
      await crash().then(
        () => (this.counts.database_crashes += 1),
        () => undefined,
      );
    }
  }

  private async pause(seconds: number, isOver: () => boolean): Promise<void> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end && !isOver();) await sleep(50);
  }

  /** People: they have everything rotate again and again, take up what is stuck, and see to the end of it all. */
  private async attend(isOver: () => boolean): Promise<void> {
    let lastDay = Infinity;
    for (;;) {
      const over = isOver();
      if (over) lastDay = Math.min(lastDay, Date.now() + PATIENCE_MILLISECONDS);
      try {
        const [idle, stuck] = await this.look();
        if (over && idle.length === this.rotating.length) return;
        await atOnce(STARTERS, stuck, (id) => this.answered(this.takeUp(id)));
        if (!over) await atOnce(STARTERS, idle, (id) => this.answered(this.begin(id)));
      } catch {
        // The database is away: whoever is cut off comes again.
      }
      if (process.env.SOAK_PROGRESS) this.progress(over);
      if (Date.now() > lastDay) return;
      await sleep(500);
    }
  }

  private begin(id: string) {
    return this.scene.engineer.visitor.call('POST', `/v1/rotations/${id}/runs`, { reason: 'It is time.' });
  }

  private beginAll(rotating: readonly Rotating[]): Promise<void> {
    return atOnce(STARTERS, rotating, ({ id }) => this.begin(id));
  }

  /** Waits until everything has its first version: whoever asks for what is not there yet only keeps the service from making it. */
  private async made(): Promise<void> {
    const { rows } = await this.scene.superuser.query<{ left: boolean }>(
      `SELECT EXISTS (SELECT FROM muster.rotations WHERE target_id IS NOT NULL AND current_version = 0) AS left`,
    );
    if (!rows[0]!.left) return;
    await sleep(500);
    await this.made();
  }

  private progress(over: boolean): void {
    const { uses, stranded, unreachable, refusals, waits } = this.tally;
    const words = { over, uses, unreachable, refusals, stranded: stranded.length, ...this.counts, waits: [...waits] };
    appendFileSync(process.env.SOAK_PROGRESS!, `${new Date().toISOString()} ${JSON.stringify(words)}\n`);
  }

  /** Nobody waits for ever for an answer. */
  private async answered(asked: Promise<unknown>): Promise<void> {
    const late = sleep(ANSWER_MILLISECONDS, 'late', { ref: false });
    const answer = await Promise.race([asked.catch(() => undefined), late]);
    if (answer === 'late') this.counts.unanswered += 1;
  }

  /** Which rotations have no run that is live, and which runs are stuck. */
  private look(): Promise<[idle: string[], stuck: string[]]> {
    return withClient(this.options.database.superuserUrl, async (client) => {
      const idle = await client.query<{ id: string }>(
        `SELECT r.id FROM muster.rotations r WHERE NOT EXISTS (
           SELECT FROM muster.rotation_runs n WHERE n.rotation_id = r.id AND n.ended_at IS NULL)`,
      );
      const stuck = await client.query<{ id: string }>(`SELECT id FROM muster.rotation_runs WHERE state = 'stuck'`);
      return [idle.rows.map(({ id }) => id), stuck.rows.map(({ id }) => id)];
    });
  }

  private async takeUp(id: string): Promise<void> {
    const { engineer, custodian } = this.scene;
    const run = await engineer.visitor.get<SeenRun>(`/v1/rotation-runs/${id}`);
    const kind = this.rotating.find((one) => one.id === run.rotationId)!.kind;
    // Redis shows some before they say their name: whom nobody knows, people see in the list of consumers.
    const known = this.everybody();
    const nobodyMissing = run.evidence !== null && run.evidence.missing.every((name) => !known.includes(name));
    if (kind !== 'redis' || !FOR_PEOPLE.includes(run.failure ?? '') || !nobodyMissing) {
      this.counts.retries += 1;
      await engineer.visitor.call('POST', `/v1/rotation-runs/${id}/retry`);
      return;
    }
    const path = `/v1/rotation-runs/${id}/override`;
    const body = { reason: 'Everybody has the new one.' };
    const asked = await engineer.visitor.call<{ approvalId?: string }>('POST', path, body);
    if (!asked.body.approvalId) return;
    const verdict = { verdict: 'approve', reason: 'I looked.' };
    await custodian.visitor.call('POST', `/v1/approvals/${asked.body.approvalId}/decision`, verdict);
    const { status } = await engineer.visitor.call('POST', path, body);
    if (status === 200) this.counts.overrides += 1;
  }

  // -- What came of it -------------------------------------------------------------------------------------------------

  private async judge(superuser: Client): Promise<StrainFigures> {
    const count = async (sql: string) => Number((await superuser.query<{ count: string }>(sql)).rows[0]!.count);
    const unfinished = await superuser.query<{ words: string }>(
      `SELECT concat_ws(' ', id, state, step, step_since, failure, attempts, 'due', due_at, 'claim', claim, claimed_until, evidence) AS words
       FROM muster.rotation_runs WHERE ended_at IS NULL`,
    );
    return {
      authenticationFailures: this.tally.stranded,
      orphanedCredentials: await this.orphaned(superuser),
      doubledSteps: await everyStepOnce(superuser),
      inconsistencies: await inconsistencies(superuser),
      unused: this.everybody().filter((instance) => !this.tally.worked.has(instance)),
      unfinished: unfinished.rows.map(({ words }) => words),
      counts: {
        consumers: this.everybody().length,
        uses: this.tally.uses,
        refusals_put_right: this.tally.refusals - this.tally.stranded.length,
        uses_unreachable: this.tally.unreachable,
        rotations: await count(`SELECT count(*) FROM muster.rotation_runs WHERE state = 'finished'`),
        certificates: await count('SELECT count(*) FROM muster.credentials'),
        faulty_connections: this.doors.reduce((sum, { faults }) => sum + faults, 0),
        ...this.counts,
      },
      waits: [...this.tally.waits].sort(([, one], [, other]) => other - one).slice(0, 8),
    };
  }

  private everybody(): string[] {
    return this.hosts.flatMap((host) => host.instances);
  }

  /** What works on a target, or could be opened here, and is not the one in use. */
  private async orphaned(superuser: Client): Promise<string[]> {
    const { rows } = await superuser.query<{ account: string; key_id: string | null }>(
      `SELECT s.account, s.key_id FROM muster.rotation_secrets s JOIN muster.rotations r ON r.id = s.rotation_id
       WHERE s.version = r.current_version`,
    );
    const sealed = await superuser.query<{ words: string }>(
      `SELECT s.rotation_id || ' ' || s.version AS words FROM muster.rotation_secrets s
       JOIN muster.rotations r ON r.id = s.rotation_id WHERE s.version <> r.current_version AND s.secret_sealed IS NOT NULL`,
    );
    const accounts = new Set(rows.map(({ account }) => account));
    const signsIn = (await this.options.postgresql.canSignIn()).filter((name) => !accounts.has(name));
    const keys = new Set(rows.map(({ account, key_id }) => `${account} ${key_id}`));
    const redis = (await this.redisKeys()).filter((key) => !keys.has(key));
    return [...signsIn, ...redis, ...sealed.rows.map(({ words }) => words)];
  }

  private async redisKeys(): Promise<string[]> {
    const found: string[] = [];
    for (let number = 1; number <= this.redisMade; number += 1) {
      const user = (await this.options.redis!.superuser.call('ACL', 'GETUSER', `account-${number}`)) as unknown[];
      const hashes = user[user.indexOf('passwords') + 1] as string[];
      found.push(...hashes.map((hash) => `account-${number} ${hash.slice(0, 16)}`));
    }
    return found;
  }

  private async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.kill()));
    await Promise.all(this.verifiers.map((verifier) => verifier.stop()));
    await Promise.all(this.doors.map((door) => door.close()));
    await this.balancer?.close();
    await this.scene?.close().catch(() => undefined);
    await Promise.all(this.services.map((service) => service.stop()));
    for (const home of this.homes) await home.remove();
  }
}

/** Of six identities three use PostgreSQL, one Redis and two certificates. */
function kindOf(number: number, hasRedis: boolean): ConsumerSpec['kind'] {
  const place = number % 6;
  if (place < 3) return 'postgresql';
  return place === 3 && hasRedis ? 'redis' : 'mtls';
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

/** Does something for each, so many at a time. */
async function atOnce<Each>(count: number, all: readonly Each[], work: (one: Each) => Promise<unknown>): Promise<void> {
  const left = [...all];
  const lane = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: count }, lane));
}
