import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant } from '../../platform/index.js';
import type { Alias } from './alias.js';

export const newAliasBody = z
  .strictObject({
    identifier: line(2048).describe(
      'As its system writes it: an ARN, an access key’s id, a service account’s address, an application’s id in Azure, postgresql://user@host:5432, https://user@host, an SSH key’s public line or fingerprint, or a name that a finding shows.',
    ),
  })
  .meta({ id: 'NewAlias' });

export const aliasesQuery = z.strictObject(pageQuery);

export const aliasSchema = z
  .strictObject({
    id: idOf('alias'),
    identityId: idOf('identity'),
    identifier: z.string().describe('The one way in which it is written here.'),
    system: z.string().describe('Whose list should have it.'),
    addedBy: z.string(),
    addedAt: instant,
  })
  .meta({ id: 'Alias' });

export function showAlias({
  id,
  identityId,
  identifier,
  system,
  addedBy,
  addedAt,
}: Alias): z.input<typeof aliasSchema> {
  return { id, identityId, identifier, system, addedBy, addedAt: toInstant(addedAt) };
}
