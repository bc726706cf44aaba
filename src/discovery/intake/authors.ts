import { Injectable } from '@nestjs/common';
import { isHere, People } from '../../custodians/index.js';
import type { Id } from '../../kernel/index.js';
import { UnitOfWork } from '../../platform/index.js';
import { githubUser, gitlabAccount } from '../domain/identifiers.js';

const MOST_ALIKE = 20;
/** A commit’s author may be anything: nobody of ours has a longer name and address. */
const MOST_OF_NAME = 600;

/**
 * Who wrote what holds a finding, and who answers for the file, as far as they are people of ours. Others are not kept: a
 * repository's authors are people too, and nobody here needs to know them.
 */
@Injectable()
export class Authors {
  constructor(
    private readonly people: People,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * @param all `Name <address>`, names, addresses, and handles: `@login`, `@organisation/team`
   * @returns those that one person has, and nobody else: by address before name; a login by the identity that is called so, and a
   *   team by its name, whoever answers for it
   */
  async known(all: readonly string[]): Promise<ReadonlyMap<string, Id<'person'>>> {
    const names = [...new Set(all)].filter((name) => name !== '' && name.length <= MOST_OF_NAME);
    const known = new Map<string, Id<'person'>>();
    for (const name of names.filter((one) => !one.startsWith('@'))) {
      const personId = (await this.atAddress(name)) ?? (await this.called(name));
      if (personId !== undefined) known.set(name, personId);
    }
    for (const [handle, personId] of await this.answering(names.filter((one) => one.startsWith('@'))))
      known.set(handle, personId);
    return known;
  }

  private async atAddress(author: string): Promise<Id<'person'> | undefined> {
    const address = /<([^<>\s]+@[^<>\s]+)>/.exec(author)?.[1] ?? (author.includes('@') ? author : undefined);
    return address === undefined ? undefined : this.only(address, () => true);
  }

  private called(author: string): Promise<Id<'person'> | undefined> {
    const name = author.replace(/\s*<[^<>]*>\s*$/, '');
    return this.only(name, (one) => one === name);
  }

  private async only(q: string, isSame: (name: string) => boolean): Promise<Id<'person'> | undefined> {
    const alike = await this.people.list({ q }, undefined, MOST_ALIKE);
    const same = alike.filter(({ person, name }) => isHere(person) && isSame(name));
    return same.length === 1 ? same[0]!.person.id : undefined;
  }

  private async answering(handles: readonly string[]): Promise<readonly (readonly [string, Id<'person'>])[]> {
    if (handles.length === 0) return [];
    const parts = handles.map((handle) => ({ handle, last: handle.slice(1).split('/').at(-1)!.toLowerCase() }));
    const logins = parts.filter(({ handle }) => !handle.includes('/'));
    const teams = parts.filter(({ handle }) => handle.includes('/'));
    const asked = [
      ...logins.flatMap(({ handle, last }) => aliasesOf(last).map((name) => ({ handle, name, kind: 'alias' }))),
      ...teams.map(({ handle, last }) => ({ handle, name: last, kind: 'team' })),
    ];
    const rows = await this.unitOfWork.readOne((tx) =>
      tx.query<{ handle: string; personId: Id<'person'> }>(ANSWERING, [JSON.stringify(asked)]),
    );
    const people = new Map<string, Set<Id<'person'>>>();
    for (const { handle, personId } of rows) people.set(handle, (people.get(handle) ?? new Set()).add(personId));
    // A login at two forges may be two people's.
    return [...people].flatMap(([handle, ids]) => (ids.size === 1 ? [[handle, [...ids][0]!] as const] : []));
  }
}

/** What an identity may be called that has this login at a forge. */
function aliasesOf(login: string): readonly string[] {
  return [githubUser(login), gitlabAccount('gitlab.com', 'user', login)];
}

const ANSWERING = `
  SELECT asked.handle, h.id AS "personId"
  FROM jsonb_to_recordset($1::jsonb) AS asked (handle text, name text, kind text)
  LEFT JOIN muster.identity_aliases a ON asked.kind = 'alias' AND a.identifier = asked.name AND a.removed_at IS NULL
  LEFT JOIN muster.identities i ON i.id = a.identity_id AND i.status <> 'retired'
  LEFT JOIN muster.teams t ON asked.kind = 'team' AND lower(t.name) = asked.name AND t.removed_at IS NULL
  JOIN muster.people h ON h.id = coalesce(i.primary_custodian_id, t.manager_id) AND h.status = 'active'`;
