import { Body, Controller, Delete, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, decodeCursor, idOf, noSessionCookie, pageFrom, pageOf, Route } from '../platform/index.js';
import { DeviceNames } from './device-sign-in/device-names.js';
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
  signInAnswer,
  signInBody,
} from './sessions.dto.js';
import { hand } from './session-handing.js';
import { personOf, Sessions } from './sessions.service.js';
import { Setup } from './setup.service.js';
import { SignInLimits } from './sign-in-limits.js';
import { SignIn } from './sign-in.service.js';

/** Getting in, and out. */
@Controller('v1')
export class SessionsController {
  constructor(
    private readonly setup: Setup,
    private readonly signIns: SignIn,
    private readonly sessions: Sessions,
    private readonly me: Me,
    private readonly names: DeviceNames,
    private readonly limits: SignInLimits,
  ) {}

  @Post('setup')
  @Route({
    summary: 'Makes the first administrator, once, with the token in the data directory, and signs them in.',
    action: 'public',
    answers: { 201: setupAnswer },
    records: ['setup.completed'],
    secret: true,
  })
  async complete(
    @By() actor: Actor,
    @Req() { ip }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: setupBody }) body: z.output<typeof setupBody>,
  ) {
    const { seen, started } = await this.limits.counted(ip, () => this.setup.complete(actor, body.setupToken, body));
    return { person: showPerson(seen), session: hand(started, body.keep, reply) };
  }

  @Post('sign-in')
  @Route({
    summary: 'Spends a one-time sign-in token and starts a session.',
    action: 'public',
    answers: { 201: signInAnswer },
    records: ['session.started'],
    secret: true,
  })
  async signIn(
    @By() actor: Actor,
    @Req() { ip }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: signInBody }) body: z.output<typeof signInBody>,
  ) {
    const started = await this.limits.counted(ip, () => this.signIns.signIn(actor, body.signInToken));
    return { session: hand(started, body.keep, reply) };
  }

  @Get('me')
  @Route({
    summary: 'Says who the caller is and, to administrators, what they must hear about.',
    action: 'me.read',
    answers: { 200: meSchema },
    records: 'none',
  })
  async whoAmI(@By() actor: Actor) {
    return showMe(actor, await this.me.read(actor));
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
    return pageFrom(rows, limit, ({ id }) => id, showSession(actor, await this.names.ofSessions(rows)));
  }

  @Delete('sessions/:id')
  @Route({
    summary: 'Ends a session of one’s own (`current` is the one that asks), or anybody’s for administrators.',
    action: 'session.end',
    answers: { 204: null },
    records: ['session.ended'],
  })
  async end(
    @By() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id', { schema: sessionParameter }) id: Id<'session'> | 'current',
  ) {
    await this.sessions.end(actor, id);
    if (id === 'current' || id === personOf(actor).sessionId) void reply.header('set-cookie', noSessionCookie());
  }
}
