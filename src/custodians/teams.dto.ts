import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant } from '../platform/index.js';
import type { Team } from './domain/team.js';

const MAX_MEMBERS = 1000;
const name = line(100);
const memberIds = z.array(idOf('person')).max(MAX_MEMBERS);

export const newTeamBody = z.strictObject({
  name,
  managerId: idOf('person').nullish(),
  memberIds: memberIds.default([]),
});

export const teamChangeBody = z
  .strictObject({ name: name.optional(), managerId: idOf('person').nullish(), memberIds: memberIds.optional() })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const teamsQuery = z.strictObject(pageQuery);

export const teamSchema = z
  .strictObject({
    id: idOf('team'),
    name: z.string(),
    managerId: idOf('person').nullable(),
    memberIds: z.array(idOf('person')),
    version: z.int(),
    createdAt: instant,
  })
  .meta({ id: 'Team' });

export function showTeam(team: Team): z.input<typeof teamSchema> {
  const { id, name, managerId, memberIds, version } = team;
  return { id, name, managerId, memberIds: [...memberIds], version, createdAt: toInstant(team.createdAt) };
}
