import type { Connection } from '../client/index.js';
import { isId } from '../kernel/index.js';
import { CliError } from './errors.js';

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
