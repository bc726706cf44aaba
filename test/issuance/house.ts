import { randomBytes } from 'node:crypto';
import type { Provider, Type } from '@nestjs/common';
import type { Client } from 'pg';
import { AttestationModule } from '../../src/attestation/index.js';
import { AuditModule, Refusals } from '../../src/audit/index.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { Succession } from '../../src/custodians/index.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import {
  CertificateAuthenticator,
  Founding,
  IssuanceModule,
  ServiceCertificate,
  type ServiceIdentity,
  TokenAuthenticator,
} from '../../src/issuance/index.js';
import type { Id, Role } from '../../src/kernel/index.js';
import {
  DatabaseAccess,
  EgressClient,
  EgressSettings,
  RefusalLog,
  Resolver,
  Signer,
} from '../../src/platform/index.js';
import { foundInstallation } from '../../src/platform/database/index.js';
import { MovableClock } from '../harness/clocks.js';
import type { TestDatabase } from '../harness/index.js';
import { NamedPeople } from '../harness/named-people.js';
import { Ground, INSTALLATION, PUBLIC_URL, Room, TRUST_DOMAIN } from '../harness/room.js';
import { insertIdentity, insertRow, insertStaff, insertTeam, newId } from '../inventory/rows.js';
import { Caller } from './caller.js';
import { InProcessSigner } from './in-process-signer.js';

export { PUBLIC_URL, TRUST_DOMAIN };

/** One process of the service, on two real listeners. */
export interface Replica {
  readonly call: Caller;
  readonly get: <Service>(type: abstract new (...parameters: never[]) => Service) => Service;
  /** What its listeners show. */
  readonly service: ServiceIdentity;
  readonly jobs: { readonly enqueued: readonly string[] };
  readonly close: () => Promise<void>;
}

export interface ReplicaOptions {
  readonly sequencer?: boolean;
  /** Rooms beside those of issuance, and what answers their questions. */
  readonly rooms?: readonly Type[];
  readonly ports?: readonly Provider[];
}

export interface MadeIdentity {
  readonly id: Id<'identity'>;
  readonly spiffeId: string;
}

/** A database, a signer, and any number of replicas over them. */
export interface House {
  readonly clock: MovableClock;
  readonly database: TestDatabase;
  /** Past every right. */
  readonly superuser: Client;
  readonly signer: InProcessSigner;
  readonly people: ReadonlyMap<Role, Id<'person'>>;
  /** What nobody foresaw. */
  readonly failures: unknown[];
  readonly replica: (options?: ReplicaOptions) => Promise<Replica>;
  readonly identity: (changed?: Readonly<Record<string, unknown>>) => Promise<MadeIdentity>;
  readonly grant: (
    identityId: Id<'identity'>,
    target: string,
    scope: string,
    verified?: boolean,
  ) => Promise<Id<'grant'>>;
  /** Types and images of the records about a subject, in order. */
  readonly records: (subject: string) => Promise<readonly LoggedRecord[]>;
  readonly close: () => Promise<void>;
}

export interface LoggedRecord {
  readonly type: string;
  readonly actor: string;
  readonly before: unknown;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export async function openHouse(): Promise<House> {
  const ground = await Ground.take();
  const { database, superuser } = ground;
  await foundInstallation(database.ownerUrl, { id: INSTALLATION, publicUrl: PUBLIC_URL, trustDomain: TRUST_DOMAIN });
  const staff = await insertStaff(superuser);
  const teamId = await insertTeam(superuser);
  const clock = new MovableClock();
  const signer = new InProcessSigner(database.signerUrl, clock);
  const replicas: Replica[] = [];
  const failures: unknown[] = [];
  return {
    ...{ clock, database, superuser, signer, people: staff, failures },
    replica: async (options = {}) => {
      const replica = await openReplica(ground, { clock, signer, staff, failures }, options);
      replicas.push(replica);
      return replica;
    },
    identity: (changed) => insertIdentity(superuser, { teamId, staff }, changed),
    grant: async (identityId, target, scope, verified = true) => {
      const id = newId('grant');
      await insertRow(superuser, 'muster.grants', {
        ...{ id, identity_id: identityId, target, scope, purpose: 'A test.', added_by: 'system:test' },
        added_at: new Date(),
        ...(verified && { verifier_id: staff.get('custodian'), verified_at: new Date() }),
      });
      return id;
    },
    records: async (subject) => {
      const { rows } = await superuser.query<{ leaf: string; images: string }>(
        `SELECT r.leaf, i.images FROM audit.records r JOIN audit.images i USING (n)
         WHERE r.leaf::jsonb ->> 'subject' = $1 ORDER BY n`,
        [subject],
      );
      return rows.map(({ leaf, images }) => {
        const [before, after] = JSON.parse(images) as [unknown, LoggedRecord['after']];
        const { type, actor } = JSON.parse(leaf) as { type: string; actor: string };
        return { type, actor, before, after };
      });
    },
    close: async () => {
      if (failures.length > 0)
        console.error('Failures that nobody foresaw:', ...failures.map((f) => (f as Error).stack));
      for (const replica of replicas) await replica.close();
      await signer.close();
      await ground.leave();
    },
  };
}

interface Shared {
  readonly clock: MovableClock;
  readonly signer: InProcessSigner;
  readonly staff: ReadonlyMap<Role, Id<'person'>>;
  readonly failures: unknown[];
}

async function openReplica(ground: Ground, shared: Shared, options: ReplicaOptions): Promise<Replica> {
  const { sequencer = false, rooms = [], ports: answers = [] } = options;
  const { clock, signer, staff, failures } = shared;
  const room = await Room.open(ground, {
    modules: [AuditModule, InventoryModule, AttestationModule, IssuanceModule, ...rooms],
    ...{ clock, failures, bodyLimitBytes: 262_144 },
    authenticators: [NamedPeople.byRole(staff, clock), TokenAuthenticator, CertificateAuthenticator],
    platform: [
      { provide: DatabaseAccess, useValue: new DatabaseAccess(ground.database.appUrl) },
      { provide: Signer, useValue: signer },
      { provide: EgressSettings, useValue: { allowedNetworks: [], plainHttp: [] } },
      ...[Resolver, EgressClient],
    ],
    ports: [
      { provide: RefusalLog, useExisting: Refusals },
      { provide: Succession, useExisting: InventorySuccession },
      { provide: ActivationConsent, useValue: {} },
      ...answers,
    ],
    providers: sequencer ? [Sequencer] : [],
  });
  await room.get(Founding).ensure();
  const service = await room.get(ServiceCertificate).start();
  room.listeners.use(service);
  const ports = await room.listeners.listen('127.0.0.1', 0, 0);
  return {
    call: await Caller.to(ports, ground.dataDirectory),
    get: (type) => room.get(type),
    ...{ service, jobs: room.jobs },
    close: async () => {
      await room.listeners.close(0);
      await room.close();
    },
  };
}

/** A name nobody else has. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
