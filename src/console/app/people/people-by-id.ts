import { answerOf, type Schema, service } from '../service/service.js';

type Person = Schema['Person'];

/** The most that the service looks up at once. */
const MOST_AT_ONCE = 100;

/** Whoever waits for somebody's name. */
interface Waiting {
  readonly tell: (person: Person | null) => void;
  readonly fail: (thrown: unknown) => void;
}

const waiting = new Map<string, Waiting[]>();

/** Somebody by id, or null: everybody who is asked for in one turn of the page is asked of the service together. */
export function personOf(id: string): Promise<Person | null> {
  if (waiting.size === 0) setTimeout(() => void askForAll());
  return new Promise((tell, fail) => waiting.set(id, [...(waiting.get(id) ?? []), { tell, fail }]));
}

async function askForAll(): Promise<void> {
  const all = [...waiting];
  waiting.clear();
  for (let from = 0; from < all.length; from += MOST_AT_ONCE) void ask(new Map(all.slice(from, from + MOST_AT_ONCE)));
}

async function ask(asking: ReadonlyMap<string, readonly Waiting[]>): Promise<void> {
  try {
    const query = { ids: [...asking.keys()].join(','), limit: MOST_AT_ONCE };
    const { items } = await answerOf(service.GET('/v1/people', { params: { query } }));
    const found = new Map(items.map((person) => [person.id, person]));
    for (const [id, each] of asking) for (const { tell } of each) tell(found.get(id) ?? null);
  } catch (thrown) {
    for (const each of asking.values()) for (const { fail } of each) fail(thrown);
  }
}
