import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Actor } from '../kernel/index.js';
import { By, Route } from '../platform/index.js';
import { RelyingParty } from './authenticators/relying-party.js';
import { SignIns } from './authenticators/sign-ins.service.js';
import { Provider } from './single-sign-on/provider.js';
import { signInAnswer } from './sessions.dto.js';
import { hand } from './session-handing.js';
import { codeSignInBody, passkeySignInBody, signInMethods, signInOptions } from './sign-ins.dto.js';

/** Signing in with what one has enrolled. */
@Controller('v1/sign-in')
export class SignInsController {
  constructor(
    private readonly signIns: SignIns,
    private readonly relyingParty: RelyingParty,
    private readonly provider: Provider,
  ) {}

  @Get('methods')
  @Route({
    summary: 'Says how one signs in here, and where passkeys work.',
    action: 'public',
    answers: { 200: signInMethods },
    records: 'none',
  })
  methods() {
    const { settings } = this.provider;
    const singleSignOn = settings && { name: settings.name };
    return { passkey: true, totp: true, recoveryCode: true, singleSignOn, origin: this.relyingParty.origin };
  }

  @Post('passkey/options')
  @Route({
    summary: 'Begins a sign-in with a passkey: what the browser signs, for five minutes. It names nobody.',
    action: 'public',
    answers: { 201: signInOptions },
    records: 'none',
    secret: true,
  })
  async begin() {
    return this.signIns.beginWithPasskey();
  }

  @Post('passkey')
  @Route({
    summary: 'Starts a session with the answer of a passkey.',
    action: 'public',
    answers: { 201: signInAnswer },
    records: ['session.started'],
    secret: true,
  })
  async withPasskey(
    @By() actor: Actor,
    @Req() { ip }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: passkeySignInBody }) body: z.output<typeof passkeySignInBody>,
  ) {
    const started = await this.signIns.withPasskey(actor, body.ceremonyId, body.response, ip);
    return { session: hand(started, body.keep, reply) };
  }

  @Post('totp')
  @Route({
    summary: 'Starts a session of loa1 with the code of a code generator.',
    action: 'public',
    answers: { 201: signInAnswer },
    records: ['session.started'],
    secret: true,
  })
  async withTotp(
    @By() actor: Actor,
    @Req() { ip }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: codeSignInBody }) { email, code, keep }: z.output<typeof codeSignInBody>,
  ) {
    return { session: hand(await this.signIns.withTotp(actor, email, code, ip), keep, reply) };
  }

  @Post('recovery-code')
  @Route({
    summary: 'Starts a session of loa1 with a recovery code, to enrol anew; every administrator is told.',
    action: 'public',
    answers: { 201: signInAnswer },
    records: ['session.started'],
    secret: true,
  })
  async withRecoveryCode(
    @By() actor: Actor,
    @Req() { ip }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: codeSignInBody }) { email, code, keep }: z.output<typeof codeSignInBody>,
  ) {
    return { session: hand(await this.signIns.withRecoveryCode(actor, email, code, ip), keep, reply) };
  }
}
