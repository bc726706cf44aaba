import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../platform/index.js';
import { newTeamBody, showTeam, teamChangeBody, teamSchema, teamsQuery } from './teams.dto.js';
import { Teams } from './teams.service.js';

@Controller('v1/teams')
export class TeamsController {
  constructor(private readonly teams: Teams) {}

  @Get()
  @Route({ summary: 'Lists teams.', action: 'team.read', answers: { 200: pageOf(teamSchema) }, records: 'none' })
  async list(@Query({ schema: teamsQuery }) { limit, cursor }: z.output<typeof teamsQuery>) {
    const rows = await this.teams.list(decodeCursor(cursor, idOf('team')), limit);
    return pageFrom(rows, limit, ({ id }) => id, showTeam);
  }

  @Post()
  @Route({
    summary: 'Makes a team with its members and manager.',
    action: 'team.change',
    answers: { 201: teamSchema },
    records: ['team.created'],
  })
  async create(@By() actor: Actor, @Body({ schema: newTeamBody }) body: z.output<typeof newTeamBody>) {
    return showTeam(await this.teams.create(actor, { ...body, managerId: body.managerId ?? null }));
  }

  @Get(':id')
  @Route({ summary: 'Shows a team.', action: 'team.read', answers: { 200: teamSchema }, records: 'none' })
  async read(@Param('id', { schema: idOf('team') }) id: Id<'team'>) {
    return showTeam(await this.teams.get(id));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes a team’s name, manager or members; `memberIds` replaces the whole list.',
    action: 'team.change',
    answers: { 200: teamSchema },
    records: ['team.changed'],
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('team') }) id: Id<'team'>,
    @IfMatch() version: number,
    @Body({ schema: teamChangeBody }) body: z.output<typeof teamChangeBody>,
  ) {
    return showTeam(await this.teams.revise(actor, id, version, body));
  }

  @Delete(':id')
  @Route({
    summary: 'Removes a team to which no identity belongs but retired ones; its name is free again.',
    action: 'team.change',
    answers: { 204: null },
    records: ['team.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('team') }) id: Id<'team'>) {
    await this.teams.remove(actor, id);
  }
}
