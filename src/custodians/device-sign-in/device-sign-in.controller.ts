import { Body, Controller, Get, Param, Post, Req, UseFilters } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Actor } from '../../kernel/index.js';
import { By, Config, Route, toInstant } from '../../platform/index.js';
import { BrowserSignIn } from './browser-sign-in.service.js';
import {
  browserSignInAnswer,
  browserSignInBody,
  codeAnswer,
  codeBody,
  decidedDeviceSchema,
  deviceAnswer,
  deviceDecisionBody,
  deviceForm,
  exchangeAnswer,
  exchangeForm,
  readDeviceForm,
  readExchangeForm,
  showDecided,
  showExchanged,
  showRequested,
  showWaiting,
  typedUserCode,
  UNNAMED,
  waitingDeviceSchema,
} from './device-sign-in.dto.js';
import { DeviceSignIn } from './device-sign-in.service.js';
import { LoopbackSignIn } from './loopback-sign-in.service.js';
import { OAuthRefusalsFilter } from './oauth-refusals.filter.js';

/** Programs on other screens, let in by a person in their browser. */
@Controller('v1')
export class DeviceSignInController {
  constructor(
    private readonly devices: DeviceSignIn,
    private readonly loopback: LoopbackSignIn,
    private readonly browsers: BrowserSignIn,
    private readonly config: Config,
  ) {}

  @Post('device-authorizations')
  @UseFilters(OAuthRefusalsFilter)
  @Route({
    summary: 'Gives a device a code to ask with, and one for its person to type in a browser (RFC 8628 §3.1).',
    action: 'public',
    consumes: 'form',
    answers: { 200: deviceAnswer },
    records: 'none',
    secret: true,
  })
  async request(@Req() { ip }: FastifyRequest, @Body({ schema: deviceForm }) form: z.output<typeof deviceForm>) {
    return showRequested(await this.devices.request(readDeviceForm(form).host, ip), this.config.publicUrl);
  }

  @Post('device-token')
  @UseFilters(OAuthRefusalsFilter)
  @Route({
    summary:
      'Gives a program the session that its person approved: for a device code (RFC 8628 §3.4), or for an authorization code with its verifier (RFC 6749 §4.1.3, RFC 7636).',
    action: 'public',
    consumes: 'form',
    answers: { 200: exchangeAnswer },
    records: ['session.started'],
    secret: true,
  })
  async exchange(@By() actor: Actor, @Body({ schema: exchangeForm }) form: z.output<typeof exchangeForm>) {
    const shown = readExchangeForm(form);
    if (shown.kind === 'device') return showExchanged(await this.devices.exchange(actor, shown.deviceCode));
    return showExchanged(await this.loopback.exchange(actor, shown));
  }

  @Get('device-authorizations/:userCode')
  @Route({
    summary: 'Says what waits behind a code that a device shows, before its person decides.',
    action: 'device.read',
    answers: { 200: waitingDeviceSchema },
    records: 'none',
  })
  async show(
    @By() actor: Actor,
    @Req() { ip }: FastifyRequest,
    @Param('userCode', { schema: typedUserCode }) userCode: string,
  ) {
    return showWaiting(await this.devices.show(actor, userCode, ip));
  }

  @Post('device-authorizations/decision')
  @Route({
    summary: 'Lets a device in as oneself, with what one has proved, or refuses it.',
    action: 'device.approve',
    answers: { 200: decidedDeviceSchema },
    records: ['device.approved', 'device.denied'],
  })
  async decide(
    @By() actor: Actor,
    @Body({ schema: deviceDecisionBody }) { userCode, verdict }: z.output<typeof deviceDecisionBody>,
  ) {
    return showDecided(await this.devices.decide(actor, userCode, verdict));
  }

  @Post('authorization-codes')
  @Route({
    summary: 'Lets a program on this machine in as oneself, by a redirect to its loopback address (RFC 8252 §7.3).',
    action: 'device.approve',
    answers: { 201: codeAnswer },
    records: ['authorization-code.created'],
    secret: true,
  })
  async approve(@By() actor: Actor, @Body({ schema: codeBody }) body: z.output<typeof codeBody>) {
    return { redirectTo: await this.loopback.approve(actor, { ...body, host: body.host ?? UNNAMED }) };
  }

  @Post('browser-sign-ins')
  @Route({
    summary: 'Gives a link that signs one’s own browser in, once: for whoever has nothing yet to sign in there with.',
    action: 'browser.sign-in',
    answers: { 201: browserSignInAnswer },
    records: ['sign-in.token-created'],
    secret: true,
  })
  async browser(@By() actor: Actor, @Body({ schema: browserSignInBody }) { next }: z.output<typeof browserSignInBody>) {
    const { url, expiresAt } = await this.browsers.link(actor, next);
    return { url, expiresAt: toInstant(expiresAt) };
  }
}
