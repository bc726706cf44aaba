import { z } from 'zod';
import { ROLES } from '../kernel/index.js';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../platform/index.js';
import { maskedEmail } from './domain/email.js';
import { SHORTEST_BEGINNING } from './domain/name-beginnings.js';
import { PERSON_STATUSES } from './domain/person.js';
import type { SeenPerson } from './personal-fields.js';
import { signInTokenFields } from './sign-in.dto.js';

const role = z.enum(ROLES);
const roles = z.array(role).min(1).max(ROLES.length);
const name = line(200);
/** Its exact form is the domain's to check. */
const email = line(254);

export const newPersonBody = z.strictObject({
  name,
  email,
  roles,
  managerId: idOf('person').nullish(),
  /** Another account of the same human, so that neither decides what the other asked, from the start. */
  sameHumanAs: idOf('person').nullish(),
});

export const personChangeBody = z
  .strictObject({
    name: name.optional(),
    email: email.optional(),
    roles: roles.optional(),
    managerId: idOf('person').nullish(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

const MOST_IDS = 100;

export const peopleQuery = z.strictObject({
  ...pageQuery,
  status: z
    .string()
    .max(64)
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(PERSON_STATUSES)))
    .describe(`One or more of ${PERSON_STATUSES.join(', ')}, with commas between them.`)
    .optional(),
  role: role.optional(),
  q: line(254)
    .min(SHORTEST_BEGINNING)
    .describe('How a word of the name begins, without regard to case and accents; or a whole e-mail address.')
    .optional(),
  ids: z
    .string()
    .max(MOST_IDS * 40)
    .transform((list) => list.split(','))
    .pipe(z.array(idOf('person')).max(MOST_IDS))
    .describe('At most 100 ids, with commas between them.')
    .optional(),
});

const fields = {
  id: idOf('person'),
  status: z.enum(PERSON_STATUSES),
  name: z.string(),
  roles: z.array(role),
  managerId: idOf('person').nullable(),
  version: z.int(),
  invitedAt: instant,
  activatedAt: instant.nullable(),
  departedAt: instant.nullable(),
  removedAt: instant.nullable(),
};

/** A person as lists and answers to changes show them: the e-mail address masked. */
export const personSchema = z.strictObject({ ...fields, maskedEmail: z.string().nullable() }).meta({ id: 'Person' });

/** A person with their e-mail address: reading it is recorded. */
export const revealedPersonSchema = z
  .strictObject({ ...fields, email: z.string().nullable() })
  .meta({ id: 'RevealedPerson' });

export const invitedSchema = z
  .strictObject({ person: personSchema, ...signInTokenFields })
  .meta({ id: 'InvitedPerson' });

export function showPerson(seen: SeenPerson): z.input<typeof personSchema> {
  return { ...shown(seen), maskedEmail: seen.email === null ? null : maskedEmail(seen.email) };
}

export function revealPerson(seen: SeenPerson): z.input<typeof revealedPersonSchema> {
  return { ...shown(seen), email: seen.email };
}

function shown({ person, name }: SeenPerson) {
  return {
    id: person.id,
    status: person.status,
    name,
    roles: [...person.roles],
    managerId: person.managerId,
    version: person.version,
    invitedAt: toInstant(person.invitedAt),
    activatedAt: toInstantOrNull(person.activatedAt),
    departedAt: toInstantOrNull(person.departedAt),
    removedAt: toInstantOrNull(person.removedAt),
  };
}
