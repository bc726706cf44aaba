import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id, RecordType } from '../kernel/index.js';
import { By, decodeCursor, idOf, IfMatch, pageFrom, pageOf, Route } from '../platform/index.js';
import { Resets } from './authenticators/resets.service.js';
import { Departures } from './departures.service.js';
import { Enrolment } from './enrolment.service.js';
import {
  invitedSchema,
  newPersonBody,
  peopleQuery,
  personChangeBody,
  personSchema,
  revealedPersonSchema,
  revealPerson,
  showPerson,
} from './people.dto.js';
import { People } from './people.service.js';
import { showSignInToken, signInTokenSchema } from './sign-in.dto.js';

/** What becomes of the identities that somebody who leaves has answered for, beside the leaving itself. */
const SUCCESSION: readonly RecordType[] = [
  'identity.handed-over',
  'identity.suspended',
  'approval.cancelled',
  'approval.requested',
];

/**
 * Answers to changes carry a name, so they count as secret: they are never kept in the clear for an idempotency key.
 */
@Controller('v1/people')
export class PeopleController {
  constructor(
    private readonly people: People,
    private readonly enrolment: Enrolment,
    private readonly departures: Departures,
    private readonly resets: Resets,
  ) {}

  @Get()
  @Route({
    summary: 'Lists people, their e-mail addresses masked: everybody, those of these ids, or those a name begins for.',
    action: 'person.read',
    answers: { 200: pageOf(personSchema) },
    records: 'none',
  })
  async list(@Query({ schema: peopleQuery }) { limit, cursor, ...filter }: z.output<typeof peopleQuery>) {
    const rows = await this.people.list(filter, decodeCursor(cursor, idOf('person')), limit);
    return pageFrom(rows, limit, ({ person }) => person.id, showPerson);
  }

  @Post()
  @Route({
    summary: 'Invites a person; the answer carries their one-time sign-in token.',
    action: 'person.invite',
    answers: { 201: invitedSchema },
    records: ['person.invited'],
    secret: true,
  })
  async invite(@By() actor: Actor, @Body({ schema: newPersonBody }) body: z.output<typeof newPersonBody>) {
    const { managerId = null, sameHumanAs = null } = body;
    const { seen, signIn } = await this.enrolment.invite(actor, { ...body, managerId }, sameHumanAs);
    return { person: showPerson(seen), ...showSignInToken(signIn) };
  }

  @Get(':id')
  @Route({
    summary: 'Reveals a person’s name and e-mail address, and records who asked.',
    action: 'person.reveal',
    answers: { 200: revealedPersonSchema },
    records: ['person.read'],
  })
  async read(@By() actor: Actor, @Param('id', { schema: idOf('person') }) id: Id<'person'>) {
    return revealPerson(await this.people.reveal(actor, id));
  }

  @Patch(':id')
  @Route({
    summary: 'Changes a person’s name, e-mail address, roles or manager; losing a role ends their sessions.',
    action: 'person.change',
    answers: { 200: personSchema },
    records: ['person.changed'],
    secret: true,
  })
  async revise(
    @By() actor: Actor,
    @Param('id', { schema: idOf('person') }) id: Id<'person'>,
    @IfMatch() version: number,
    @Body({ schema: personChangeBody }) body: z.output<typeof personChangeBody>,
  ) {
    return showPerson(await this.enrolment.revise(actor, id, version, body));
  }

  @Post(':id/sign-in-tokens')
  @Route({
    summary: 'Makes a person another one-time sign-in token; the one before it stops working.',
    action: 'person.invite',
    answers: { 201: signInTokenSchema },
    records: ['sign-in.token-created'],
    secret: true,
  })
  async inviteAgain(@By() actor: Actor, @Param('id', { schema: idOf('person') }) id: Id<'person'>) {
    return showSignInToken(await this.enrolment.inviteAgain(actor, id));
  }

  @Post(':id/authenticator-reset')
  @Route({
    summary: 'Ends a person’s authenticators and sessions, as they were lost, and makes a one-time sign-in token.',
    action: 'person.reset',
    answers: { 201: signInTokenSchema },
    records: ['authenticator.reset'],
    secret: true,
  })
  async reset(@By() actor: Actor, @Param('id', { schema: idOf('person') }) id: Id<'person'>) {
    return showSignInToken(await this.resets.reset(actor, id));
  }

  @Post(':id/departure')
  @Route({
    summary: 'Records that a person leaves: their sessions end, and what they answer for is handed over.',
    action: 'person.depart',
    answers: { 200: personSchema },
    records: ['person.departed', ...SUCCESSION],
    secret: true,
  })
  async depart(@By() actor: Actor, @Param('id', { schema: idOf('person') }) id: Id<'person'>) {
    return showPerson(await this.departures.depart(actor, id));
  }

  @Delete(':id')
  @Route({
    summary: 'Forgets a person: they depart if need be, and the key to their personal data is destroyed.',
    action: 'person.remove',
    answers: { 204: null },
    records: ['person.removed', ...SUCCESSION],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: idOf('person') }) id: Id<'person'>) {
    await this.departures.remove(actor, id);
  }
}
