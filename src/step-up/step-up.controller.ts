import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor, Id } from '../kernel/index.js';
import { By, idOf, Route, SystemClock } from '../platform/index.js';
import { optionsSchema, proofBody, showStepUp, stepUpBody, stepUpSchema, waitQuery } from './step-up.dto.js';
import { StepUps } from './step-up.service.js';

/** Proving that one is present. */
@Controller('v1/step-ups')
export class StepUpController {
  constructor(
    private readonly stepUps: StepUps,
    private readonly clock: SystemClock,
  ) {}

  @Post()
  @Route({
    summary: 'Begins a proof of presence for the session, unasked.',
    action: 'step-up.request',
    answers: { 201: stepUpSchema },
    records: 'none',
  })
  async begin(@By() actor: Actor, @Body({ schema: stepUpBody }) { acr }: z.output<typeof stepUpBody>) {
    return showStepUp(await this.stepUps.begin(actor, acr), this.clock.now());
  }

  @Get(':id')
  @Route({
    summary: 'Shows what one was asked to prove, and waits for it to be proved.',
    action: 'step-up.read',
    answers: { 200: stepUpSchema },
    records: 'none',
  })
  async read(
    @By() actor: Actor,
    @Param('id', { schema: idOf('stepUp') }) id: Id<'stepUp'>,
    @Query({ schema: waitQuery }) { waitSeconds }: z.output<typeof waitQuery>,
  ) {
    return showStepUp(await this.stepUps.wait(actor, id, waitSeconds * 1000), this.clock.now());
  }

  @Post(':id/options')
  @Route({
    summary: 'Gives a browser what a passkey signs for this; what was given before is void.',
    action: 'step-up.prove',
    answers: { 200: optionsSchema },
    records: 'none',
  })
  async options(@By() actor: Actor, @Param('id', { schema: idOf('stepUp') }) id: Id<'stepUp'>) {
    return { publicKey: await this.stepUps.challenge(actor, id) };
  }

  @Post(':id/proof')
  @Route({
    summary: 'Proves that one is present: for the session, or for exactly one request.',
    action: 'step-up.prove',
    answers: { 200: stepUpSchema },
    records: ['step-up.proved'],
  })
  async prove(
    @By() actor: Actor,
    @Param('id', { schema: idOf('stepUp') }) id: Id<'stepUp'>,
    @Body({ schema: proofBody }) proof: z.output<typeof proofBody>,
  ) {
    return showStepUp(await this.stepUps.prove(actor, id, proof), this.clock.now());
  }
}
