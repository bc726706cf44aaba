import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../../kernel/index.js';
import { By, IfMatch, Route } from '../../platform/index.js';
import {
  authenticatorParameter,
  authenticatorSchema,
  authenticatorsSchema,
  codeBody,
  enrolmentOptions,
  nameBody,
  newTotpSchema,
  passkeyBody,
  recoveryCodesSchema,
  showAuthenticator,
} from './authenticators.dto.js';
import { Authenticators } from './authenticators.service.js';
import { PasskeyEnrolment } from './passkey-enrolment.service.js';
import { RecoveryCodes } from './recovery-codes.service.js';
import { TotpEnrolment } from './totp-enrolment.service.js';

/** One's own authenticators. Names people give them are personal, so answers with one are kept for no repeat. */
@Controller('v1/authenticators')
export class AuthenticatorsController {
  constructor(
    private readonly authenticators: Authenticators,
    private readonly passkeys: PasskeyEnrolment,
    private readonly totp: TotpEnrolment,
    private readonly recoveryCodes: RecoveryCodes,
  ) {}

  @Get()
  @Route({
    summary: 'Lists one’s own authenticators.',
    action: 'authenticator.read',
    answers: { 200: authenticatorsSchema },
    records: 'none',
  })
  async list(@By() actor: Actor) {
    return { items: (await this.authenticators.list(actor)).map(showAuthenticator) };
  }

  @Post('passkeys/options')
  @Route({
    summary: 'Begins to enrol a passkey: what the browser makes it by, for five minutes.',
    action: 'authenticator.change',
    answers: { 201: enrolmentOptions },
    records: 'none',
    secret: true,
  })
  async begin(@By() actor: Actor) {
    return this.passkeys.begin(actor);
  }

  @Post('passkeys')
  @Route({
    summary:
      'Enrols the passkey that the browser made. The user must have been verified; attestation is not asked for.',
    action: 'authenticator.change',
    answers: { 201: authenticatorSchema },
    records: ['authenticator.created'],
    secret: true,
  })
  async enrol(@By() actor: Actor, @Body({ schema: passkeyBody }) body: z.output<typeof passkeyBody>) {
    const { ceremonyId, name, response } = body;
    return showAuthenticator(await this.passkeys.finish(actor, ceremonyId, name, response));
  }

  @Post('totp')
  @Route({
    summary: 'Makes a secret for a code generator (RFC 6238); it counts once a code of it was confirmed.',
    action: 'authenticator.change',
    answers: { 201: newTotpSchema },
    records: ['authenticator.created'],
    secret: true,
  })
  async generate(@By() actor: Actor, @Body({ schema: nameBody }) body: z.output<typeof nameBody>) {
    const { secret, uri, ...named } = await this.totp.begin(actor, body.name);
    return { authenticator: showAuthenticator(named), secret, uri };
  }

  @Post('totp/:id/confirmation')
  @Route({
    summary: 'Confirms a code generator with the code that it shows.',
    action: 'authenticator.confirm',
    answers: { 200: authenticatorSchema },
    records: ['authenticator.confirmed'],
    secret: true,
  })
  async confirm(
    @By() actor: Actor,
    @Param('id', { schema: authenticatorParameter }) id: Id<'authenticator'>,
    @Body({ schema: codeBody }) body: z.output<typeof codeBody>,
  ) {
    return showAuthenticator(await this.totp.confirm(actor, id, body.code));
  }

  @Post('recovery-codes')
  @Route({
    summary: 'Makes ten recovery codes to print; those of before stop working.',
    action: 'authenticator.change',
    answers: { 201: recoveryCodesSchema },
    records: ['authenticator.created'],
    secret: true,
  })
  async print(@By() actor: Actor) {
    const { codes, ...named } = await this.recoveryCodes.print(actor);
    return { authenticator: showAuthenticator(named), codes: [...codes] };
  }

  @Patch(':id')
  @Route({
    summary: 'Renames an authenticator of one’s own.',
    action: 'authenticator.rename',
    answers: { 200: authenticatorSchema },
    records: ['authenticator.renamed'],
    secret: true,
  })
  async rename(
    @By() actor: Actor,
    @Param('id', { schema: authenticatorParameter }) id: Id<'authenticator'>,
    @IfMatch() version: number,
    @Body({ schema: nameBody }) body: z.output<typeof nameBody>,
  ) {
    return showAuthenticator(await this.authenticators.rename(actor, id, version, body.name));
  }

  @Delete(':id')
  @Route({
    summary: 'Removes an authenticator of one’s own, unless it is the last that lets one in.',
    action: 'authenticator.change',
    answers: { 204: null },
    records: ['authenticator.removed'],
  })
  async remove(@By() actor: Actor, @Param('id', { schema: authenticatorParameter }) id: Id<'authenticator'>) {
    await this.authenticators.remove(actor, id);
  }
}
