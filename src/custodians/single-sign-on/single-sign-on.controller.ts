import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Actor, MusterError } from '../../kernel/index.js';
import { By, cookieOf, FailureLog, Route } from '../../platform/index.js';
import { CEREMONY_SECONDS } from '../authenticators/ceremonies.js';
import { hand } from '../session-handing.js';
import { SignInLimits } from '../sign-in-limits.js';
import { SingleSignOn } from './single-sign-on.service.js';

const COOKIE = '__Host-muster-sso';
/** `Lax`: the browser comes back from another site, and must bring it. */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

const departureQuery = z.strictObject({ returnTo: z.string().max(1024).optional() });
/** As the provider sends it: whatever else it adds is not read. */
const returnQuery = z.looseObject({ state: z.string().max(512).optional() });

/** A browser's way to the firm's provider, and back. Whatever goes wrong, a person sees the sign-in page again. */
@Controller('v1/sign-in/sso')
export class SingleSignOnController {
  constructor(
    private readonly singleSignOn: SingleSignOn,
    private readonly limits: SignInLimits,
    private readonly failures: FailureLog,
  ) {}

  @Get()
  @Route({
    summary: 'Sends a browser to the provider to sign in; `returnTo` is the page where it goes on afterwards.',
    action: 'public',
    answers: { 302: null },
    records: 'none',
  })
  async leave(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query({ schema: departureQuery }) { returnTo }: z.output<typeof departureQuery>,
  ) {
    await this.orBack(request, reply, async () => {
      const { address, state } = await this.singleSignOn.begin(returnTo);
      void reply.header('set-cookie', `${COOKIE}=${state}; Max-Age=${CEREMONY_SECONDS}; ${ATTRIBUTES}`);
      return address;
    });
  }

  @Get('callback')
  @Route({
    summary: 'Takes a browser back from the provider: a session in a cookie, or the sign-in page with `error`.',
    action: 'public',
    answers: { 302: null },
    records: ['session.started'],
    secret: true,
  })
  async comeBack(
    @By() actor: Actor,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query({ schema: returnQuery }) _query: z.output<typeof returnQuery>,
  ) {
    const forget = `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}`;
    void reply.header('set-cookie', forget);
    const query = request.url.split('?')[1] ?? '';
    await this.orBack(request, reply, async () => {
      const state = cookieOf(request.headers, COOKIE);
      const back = () => this.singleSignOn.comeBack(actor, query, state);
      const { started, page } = await this.limits.counted(request.ip, back);
      hand(started, 'cookie', reply);
      return page;
    });
  }

  private async orBack({ id }: FastifyRequest, reply: FastifyReply, work: () => Promise<string>): Promise<void> {
    const to = await work().catch((error: unknown) => {
      if (!(error instanceof MusterError)) throw error;
      if (error.cause !== undefined) this.failures.failed(id, error.code, error);
      return `/sign-in?error=${error.code}`;
    });
    void reply.status(302).header('location', to);
  }
}
