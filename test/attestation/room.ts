import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { Attestation, AttestationModule, type Evidence, type Shown } from '../../src/attestation/index.js';
import { AttestationJobs } from '../../src/attestation/attestation.jobs.js';
import { Refusals } from '../../src/attestation/refusals.js';
import { AuditModule } from '../../src/audit/index.js';
import { Succession } from '../../src/custodians/index.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import { type Id, MusterError, type Role } from '../../src/kernel/index.js';
import { EgressClient, EgressSettings, Resolver, Signer, UnitOfWork } from '../../src/platform/index.js';
import { MovableClock } from '../harness/clocks.js';
import type { TestDatabase } from '../harness/index.js';
import { NamedPeople } from '../harness/named-people.js';
import { AUDIENCE, type CiIssuer, PAYMENTS_JOB } from '../harness/oidc-issuer.js';
import { type Answer as AnswerOf, Ground, Room as Opened } from '../harness/room.js';
import { insertIdentity, insertStaff, insertTeam } from '../inventory/rows.js';

export type Answer = AnswerOf<AnswerBody>;

/** Every field that tests look at; an answer has some of them. */
export interface AnswerBody {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly issuer: string;
  readonly version: number;
  readonly token: string;
  readonly privateNetwork: unknown;
  readonly nextCursor: string;
  readonly items: readonly AnswerBody[];
}

export interface Ask {
  readonly as?: Role;
  readonly body?: unknown;
  readonly version?: number;
}

/** The attestation room over a database of its own: asked over HTTP, or by its services as issuance does. */
export interface Room {
  readonly clock: MovableClock;
  readonly attestation: Attestation;
  readonly jobs: AttestationJobs;
  readonly refusals: Refusals;
  readonly unitOfWork: UnitOfWork;
  readonly database: TestDatabase;
  /** Past every right. */
  readonly superuser: Client;
  readonly failures: unknown[];
  readonly ask: (method: string, url: string, ask?: Ask) => Promise<Answer>;
  readonly identity: (changed?: Readonly<Record<string, unknown>>) => Promise<{ id: Id<'identity'>; spiffeId: string }>;
  /** The reasons written down since the last time this was asked. */
  readonly reasons: () => Promise<string[]>;
  readonly close: () => Promise<void>;
}

export async function openRoom(): Promise<Room> {
  const ground = await Ground.take();
  const { database, superuser } = ground;
  const staff = await insertStaff(superuser);
  const teamId = await insertTeam(superuser);
  const clock = new MovableClock();
  const opened = await Opened.open(ground, {
    modules: [AuditModule, InventoryModule, AttestationModule],
    clock,
    authenticators: [NamedPeople.byRole(staff, clock)],
    platform: [
      { provide: Signer, useValue: {} },
      { provide: EgressSettings, useValue: { allowedNetworks: [], plainHttp: [] } },
      ...[Resolver, EgressClient],
    ],
    ports: [
      { provide: Succession, useExisting: InventorySuccession },
      { provide: ActivationConsent, useValue: {} },
    ],
  });
  const refusals = opened.get(Refusals);
  let seen = '0';
  return {
    ...{ clock, refusals, database, superuser, failures: opened.failures },
    attestation: opened.get(Attestation),
    jobs: opened.get(AttestationJobs),
    unitOfWork: opened.get(UnitOfWork),
    ask: (method, url, { as = 'administrator', ...ask } = {}) => opened.ask(method, url, { bearer: as, ...ask }),
    identity: (changed) => insertIdentity(superuser, { teamId, staff }, changed),
    reasons: async () => {
      await refusals.written();
      const { rows } = await superuser.query<{ id: string; reason: string }>(
        'SELECT id, reason FROM muster.attestation_refusals WHERE id > $1 ORDER BY id',
        [seen],
      );
      seen = rows.at(-1)?.id ?? seen;
      return rows.map(({ reason }) => reason);
    },
    close: async () => {
      await opened.close();
      await ground.leave();
    },
  };
}

/** The name of a new public key. */
export function newKeyName(): { readonly spkiSha256: Buffer } {
  return { spkiSha256: randomBytes(32) };
}

/** An issuer with its provider, an identity, and the trust between them, all made over HTTP as people make them. */
export interface Federation {
  readonly identityId: Id<'identity'>;
  readonly spiffeId: string;
  readonly providerId: Id<'provider'>;
  readonly trustId: Id<'trust'>;
}

const SUBJECT = 'repo:acme/payments:ref:refs/heads/main';

/** The body of a trust for the payments job. */
export function trustBody(identityId: string, providerId: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    ...{ identityId, providerId, audience: AUDIENCE, subject: SUBJECT },
    pins: { repository_id: PAYMENTS_JOB.repositoryId, repository_owner_id: PAYMENTS_JOB.repositoryOwnerId },
    ...change,
  };
}

/** The body of a provider for an issuer on loopback, with the consent that it needs. */
export function providerBody(issuer: CiIssuer, change: Readonly<Record<string, unknown>> = {}) {
  return {
    ...{ name: `CI at ${issuer.url}`, kind: 'github-actions', issuer: issuer.url, caCertificates: issuer.caPem },
    privateNetwork: { reason: 'A test’s own issuer.' },
    ...change,
  };
}

/** Makes provider, identity and trust. */
export async function federate(
  room: Room,
  issuer: CiIssuer,
  change: {
    readonly provider?: Readonly<Record<string, unknown>>;
    readonly trust?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<Federation> {
  const provider = await room.ask('POST', '/v1/providers', { body: providerBody(issuer, change.provider) });
  if (provider.status !== 201) throw new Error(JSON.stringify(provider.body));
  const { id: identityId, spiffeId } = await room.identity();
  const body = trustBody(identityId, provider.body.id, change.trust);
  const trust = await room.ask('POST', '/v1/trusts', { as: 'platform-engineer', body });
  if (trust.status !== 201) throw new Error(JSON.stringify(trust.body));
  const [providerId, trustId] = [provider.body.id as Id<'provider'>, trust.body.id as Id<'trust'>];
  return { identityId, spiffeId, providerId, trustId };
}

/** How a proof ended: the identity proved, or the code that a stranger is told. */
export async function outcomeOf(room: Room, evidence: Evidence, shown: Shown = SHOWN): Promise<string> {
  try {
    return (await room.attestation.prove(evidence, shown)).identityId;
  } catch (error) {
    return error instanceof MusterError ? error.code : String(error);
  }
}

/** Where a caller is whose place does not matter. */
export const SHOWN = { address: '192.0.2.7', requestId: 'req_0192f0c1a2b37c4d8e5f60718293a4b5' } as const;

let places = 0;

/** Another place each time: refusals of one place are written down only so often. */
export function elsewhere(): Shown {
  places += 1;
  return { ...SHOWN, address: `198.51.100.${places}` };
}
