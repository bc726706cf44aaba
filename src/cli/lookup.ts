import type { components, Connection, paths } from '../client/index.js';
import { isId } from '../kernel/index.js';
import { CliError } from './errors.js';

type Schemas = components['schemas'];

/**
 * Finds an identity by its id or its exact name.
 *
 * @throws CliError `not_found`, or `option_invalid` when the name stands in several environments
 */
export async function identityNamed(api: Connection['api'], named: string): Promise<{ readonly id: string }> {
  if (isId('identity', named)) return { id: named };
  const query = { q: named, limit: 200 };
  const { data } = await api.GET('/v1/identities', { params: { query } });
  const found = data!.items.filter(({ name, spiffeId }) => name === named || spiffeId === named);
  if (found.length === 0) throw new CliError('not_found', `No identity is called ${named}. See: muster list`);
  if (found.length > 1)
    throw new CliError('option_invalid', `${named} stands in several environments; name it by its id.`, {
      details: { ids: found.map(({ id, environment }) => `${id} (${environment})`) },
    });
  return found[0]!;
}

const MOST_CANDIDATES = 10;
const PAGE = 200;

const HERE = 'active,invited';
/** Also those who have departed and are not forgotten: where one of them has the same name, a name says too little. */
export const EVERYBODY = 'active,invited,departed';

/**
 * Finds somebody by their id, their whole name in whatever case, or the e-mail address that they have now. Nobody is guessed from
 * part of a name, nor taken where another among those looked for has it too.
 *
 * @throws CliError `not_found`, or `option_invalid` when several bear the name, each said with the id to name them by
 */
export async function personNamed(api: Connection['api'], named: string, among = HERE): Promise<string> {
  if (isId('person', named)) return named;
  const wanted = { q: named, status: among };
  const people = await gathered(
    allOf((query) => api.GET('/v1/people', { params: { query: { ...wanted, ...query } } })),
  );
  const meant = named.includes('@') ? people : people.filter(({ name }) => sameName(name, named));
  if (meant.length === 1) return meant[0]!.id;
  const candidates = (meant.length > 0 ? meant : people)
    .slice(0, MOST_CANDIDATES)
    .map(({ id, name, maskedEmail, status }) => `${name} ${maskedEmail} (${id}, ${status})`);
  throw oneOf(named, meant.length > 0, candidates, 'See: muster person list');
}

const MOST_NAMED = 100;

/** What people are called, of at most a hundred; whoever else is named by an id is left out. */
export async function namesOf(
  api: Connection['api'],
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const people = [...new Set(ids)].filter((id) => id !== null && isId('person', id)).slice(0, MOST_NAMED);
  if (people.length === 0) return new Map();
  const query = { ids: people.join(','), limit: MOST_NAMED };
  const { items } = (await api.GET('/v1/people', { params: { query } })).data!;
  return new Map(items.map(({ id, name }) => [id, name]));
}

/**
 * Finds a team by its id or its name, which no other team has.
 *
 * @throws CliError `not_found`, naming teams that are called alike
 */
export async function teamNamed(api: Connection['api'], named: string): Promise<string> {
  if (isId('team', named)) return named;
  const candidates: string[] = [];
  for await (const { id, name } of allOf((query) => api.GET('/v1/teams', { params: { query } }))) {
    if (sameName(name, named)) return id;
    if (name.toLowerCase().includes(named.trim().toLowerCase())) candidates.push(`${name} (${id})`);
  }
  throw oneOf(named, false, candidates.slice(0, MOST_CANDIDATES), 'See: muster team list');
}

/** @throws CliError `not_found` */
export async function targetNamed(api: Connection['api'], named: string): Promise<Pick<Schemas['Target'], 'id'>> {
  if (isId('target', named)) return { id: named };
  const found = (await allTargets(api)).find(({ name }) => name === named);
  if (!found) throw new CliError('not_found', `No target is called ${named}. See: muster target list`);
  return found;
}

export function allTargets(api: Connection['api']): Promise<Schemas['Target'][]> {
  return gathered(allOf((query) => api.GET('/v1/targets', { params: { query } })));
}

/** @throws CliError `not_found` */
export async function calendarNamed(api: Connection['api'], named: string): Promise<string> {
  if (isId('calendar', named)) return named;
  const found = (await allCalendars(api)).find(({ name }) => name === named);
  if (found) return found.id;
  throw new CliError('not_found', `No calendar is called ${named}. See: muster calendar list`);
}

export function allCalendars(api: Connection['api']): Promise<Schemas['Calendar'][]> {
  return gathered(allOf((query) => api.GET('/v1/calendars', { params: { query } })));
}

/**
 * Finds what rotates by its id or its exact name.
 *
 * @throws CliError `not_found`
 */
export async function rotationNamed(api: Connection['api'], named: string): Promise<Schemas['Rotation']> {
  if (isId('rotation', named)) return (await api.GET('/v1/rotations/{id}', { params: { path: { id: named } } })).data!;
  for await (const rotation of allOf((query) => api.GET('/v1/rotations', { params: { query } })))
    if (rotation.name === named) return rotation;
  throw new CliError('not_found', `Nothing that rotates is called ${named}. See: muster rotation list`);
}

/**
 * Finds a source by its id or its exact name.
 *
 * @throws CliError `not_found`
 */
export async function sourceNamed(api: Connection['api'], named: string): Promise<Schemas['Source']> {
  if (isId('source', named)) return (await api.GET('/v1/sources/{id}', { params: { path: { id: named } } })).data!;
  const found = (await allSources(api)).find(({ name }) => name === named);
  if (found) return found;
  throw new CliError('not_found', `No source is called ${named}. See: muster source list`);
}

export function allSources(api: Connection['api']): Promise<Schemas['Source'][]> {
  return gathered(allOf((query) => api.GET('/v1/sources', { params: { query } })));
}

type FindingFilter = NonNullable<paths['/v1/findings']['get']['parameters']['query']>;

/** What is due first comes first. */
export function allFindings(api: Connection['api'], filter: FindingFilter): Promise<Schemas['Finding'][]> {
  return gathered(allOf((query) => api.GET('/v1/findings', { params: { query: { ...filter, ...query } } })));
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** All that a list has, page after page: one that is short or empty need not be the last. */
async function* allOf<Item>(
  read: (query: { readonly limit: number; readonly cursor?: string }) => Promise<{ readonly data?: Page<Item> }>,
): AsyncGenerator<Item, void> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items, nextCursor } = (await read({ limit: PAGE, ...(cursor !== undefined && { cursor }) })).data!;
    yield* items;
    cursor = nextCursor;
  }
}

async function gathered<Item>(all: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of all) items.push(item);
  return items;
}

function sameName(one: string, other: string): boolean {
  const plain = (name: string) => name.normalize('NFC').trim().toLowerCase();
  return plain(one) === plain(other);
}

function oneOf(named: string, isAmbiguous: boolean, candidates: readonly string[], hint: string): CliError {
  const list = candidates.map((candidate) => `\n  ${candidate}`).join('');
  if (isAmbiguous) return new CliError('option_invalid', `Several are called ${named}; name one by its id:${list}`);
  if (list === '') return new CliError('not_found', `Nobody and nothing is called ${named}. ${hint}`);
  return new CliError('not_found', `None is called exactly ${named}. Did you mean one of these?${list}`);
}
