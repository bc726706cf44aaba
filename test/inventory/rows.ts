import { randomBytes } from 'node:crypto';
import { type Id, idFrom, type IdKind, type Role, ROLES } from '../../src/kernel/index.js';

/** Anything that runs SQL: a connection of `pg`. */
export interface Sql {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

let made = 0;

/** A new id; ids made later sort later. */
export function newId<Kind extends IdKind>(kind: Kind): Id<Kind> {
  return idFrom(kind, 1_800_000_000_000 + ++made, randomBytes(10));
}

/** Puts somebody active into the table, past all sign-in. */
export async function insertPerson(sql: Sql, roles: readonly string[] = ['custodian']): Promise<Id<'person'>> {
  const id = newId('person');
  await sql.query(
    `WITH person AS (
       INSERT INTO muster.people (id, key_id, email_index, status, name_sealed, email_sealed, roles, version, invited_at,
         activated_at)
       VALUES ($1, $1, $2, 'active', 'sealed', 'sealed', $3, 1, now(), now()))
     INSERT INTO muster.person_keys (person_id, key_sealed) VALUES ($1, '\\x00')`,
    [id, randomBytes(32), roles],
  );
  return id;
}

/** One person of every role. */
export async function insertStaff(sql: Sql): Promise<ReadonlyMap<Role, Id<'person'>>> {
  const staff = new Map<Role, Id<'person'>>();
  for (const role of ROLES) staff.set(role, await insertPerson(sql, [role]));
  return staff;
}

export async function insertTeam(sql: Sql): Promise<Id<'team'>> {
  const id = newId('team');
  await sql.query('INSERT INTO muster.teams (id, name, version, created_at) VALUES ($1, $1, 1, now())', [id]);
  return id;
}

/** A row of `muster.identities` that every constraint accepts; a test changes one field of it. */
export function identityRow(teamId: Id<'team'>, changed: Readonly<Record<string, unknown>> = {}) {
  const id = newId('identity');
  return {
    id,
    spiffe_id: `spiffe://muster.test/production/payments/${id}`,
    name: id.replace('_', '-'),
    kind: 'bot',
    environment: 'production',
    team_id: teamId,
    purpose: 'Settles payments.',
    criticality: 'high',
    data_classes: [],
    privileged: false,
    status: 'active',
    status_by: 'system:test',
    requested_by: 'system:test',
    authors: [],
    version: 1,
    created_at: new Date(0),
    changed_at: new Date(0),
    ...changed,
  };
}

export async function insertRow(sql: Sql, table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  const columns = Object.keys(row);
  await sql.query(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
}

/** An identity that the staff's custodian and analyst answer for. */
export async function insertIdentity(
  sql: Sql,
  { teamId, staff }: { readonly teamId: Id<'team'>; readonly staff: ReadonlyMap<Role, Id<'person'>> },
  changed: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly id: Id<'identity'>; readonly spiffeId: string }> {
  const custodians = { primary_custodian_id: staff.get('custodian'), backup_custodian_id: staff.get('analyst') };
  const row = identityRow(teamId, { ...custodians, ...changed });
  await insertRow(sql, 'muster.identities', row);
  return { id: row.id, spiffeId: row.spiffe_id };
}
