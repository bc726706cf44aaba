import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, pageFrom, pageOf, Route } from '../platform/index.js';
import { Me } from './me.service.js';
import { showPerson } from './people.dto.js';
import {
  meSchema,
  sessionParameter,
  sessionSchema,
  sessionsQuery,
  setupAnswer,
  setupBody,
  showMe,
  showSession,
  showStarted,
  signInAnswer,
  signInBody,
} from './sessions.dto.js';
import { Sessions } from './sessions.service.js';
import { Setup } from './setup.service.js';
import { SignIn } from './sign-in.service.js';

/** Getting in, and out. */
@Controller('v1')
export class SessionsController {
  constructor(
    private readonly setup: Setup,
    private readonly signIns: SignIn,
    private readonly sessions: Sessions,
    private readonly me: Me,
  ) {}

  @Post('setup')
  @Route({
    summary: 'Makes the first administrator, once, with the token in the data directory, and signs them in.',
    action: 'public',
    answers: { 201: setupAnswer },
    records: ['setup.completed'],
    secret: true,
  })
  async complete(@By() actor: Actor, @Body({ schema: setupBody }) body: z.output<typeof setupBody>) {
    const { seen, started } = await this.setup.complete(actor, body.setupToken, body);
    return { person: showPerson(seen), session: showStarted(started) };
  }

  @Post('sign-in')
  @Route({
    summary: 'Spends a one-time sign-in token and starts a session.',
    action: 'public',
    answers: { 201: signInAnswer },
    records: ['session.started'],
    secret: true,
  })
  async signIn(@By() actor: Actor, @Body({ schema: signInBody }) body: z.output<typeof signInBody>) {
    return { session: showStarted(await this.signIns.signIn(actor, body.signInToken)) };
  }

  @Get('me')
  @Route({
    summary: 'Says who the caller is and, to administrators, what they must hear about.',
    action: 'me.read',
    answers: { 200: meSchema },
    records: 'none',
  })
  async whoAmI(@By() actor: Actor) {
    const { seen, printed } = await this.me.read(actor);
    return showMe(actor, seen, printed);
  }

  @Get('sessions')
  @Route({
    summary: 'Lists the sessions that hold now: one’s own, or everybody’s for administrators.',
    action: 'session.read',
    answers: { 200: pageOf(sessionSchema) },
    records: 'none',
  })
  async list(
    @By() actor: Actor,
    @Query({ schema: sessionsQuery }) { limit, cursor, personId }: z.output<typeof sessionsQuery>,
  ) {
    const rows = await this.sessions.list(actor, personId, decodeCursor(cursor, idOf('session')), limit);
    return pageFrom(rows, limit, ({ id }) => id, showSession(actor));
  }

  @Delete('sessions/:id')
  @Route({
    summary: 'Ends a session of one’s own (`current` is the one that asks), or anybody’s for administrators.',
    action: 'session.end',
    answers: { 204: null },
    records: ['session.ended'],
  })
  async end(@By() actor: Actor, @Param('id', { schema: sessionParameter }) id: Id<'session'> | 'current') {
    await this.sessions.end(actor, id);
  }
}
