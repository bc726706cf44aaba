import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { addSeconds, MINUTE_SECONDS, MusterError, type RecordType } from '../../kernel/index.js';
import { crashPoint, Jobs, SystemClock, UnitOfWork } from '../../platform/index.js';
import type { ReviewEffect } from '../domain/effect.js';
import { ReviewLetters } from '../reminders/review-letters.js';
import { awaitingAttestation, CLAIM_SECONDS, failed, postponed, verified } from './domain/course.js';
import { effectImage } from './domain/images.js';
import { EFFECTS_JOB } from './effect-plans.js';
import { EffectWork, type Turn } from './effect-work.js';
import { EffectsRepository } from './effects.repository.js';

/** So many at a time: a target that is slow holds up few others. */
const LANES = 4;

/**
 * Carries out what decisions ask for, until it is seen to be so.
 *
 * Each is claimed for a time, so that two workers never act at once, and one that died is relieved; nothing is done on a target
 * while a transaction is open. Safe to run at any time, and on several replicas at once.
 */
@Injectable()
export class EffectsJobs implements OnModuleInit {
  private readonly logger = new Logger(EffectsJobs.name);

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly effects: EffectsRepository,
    private readonly work: EffectWork,
    private readonly letters: ReviewLetters,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  onModuleInit(): void {
    this.jobs.define(EFFECTS_JOB, () => this.carryOut());
    this.jobs.every('reviews.effects-due', MINUTE_SECONDS, () => this.carryOut());
  }

  /** Everything that is due now. */
  async carryOut(): Promise<void> {
    await Promise.all(Array.from({ length: LANES }, () => this.inOneLane()));
  }

  private async inOneLane(): Promise<void> {
    for (let effect = await this.claim(); effect; effect = await this.claim()) {
      await crashPoint('effect', 1);
      const turn = await this.take(effect);
      await crashPoint('effect', 3);
      await this.settle(effect, turn);
      await crashPoint('effect', 4);
    }
  }

  private claim(): Promise<ReviewEffect | undefined> {
    return this.unitOfWork.run((tx) => {
      const at = this.clock.now();
      return this.effects.claim(tx, at, addSeconds(at, CLAIM_SECONDS));
    });
  }

  /** A refusal by one of our own codes is an answer: what may pass is tried again, anything else is somebody's to mend. */
  private async take(effect: ReviewEffect): Promise<Turn> {
    try {
      return await this.work.take(effect);
    } catch (error) {
      if (!(error instanceof MusterError)) {
        this.logger.error({ message: 'An effect failed.', effect: effect.id, error });
        return { kind: 'later', code: 'internal' };
      }
      const { code, kind } = error;
      return kind === 'unavailable' ? { kind: 'later', code } : { kind: 'failed', code, seen: {} };
    }
  }

  /** Stores what came of it, unless somebody else has taken it over meanwhile. */
  private settle(claimed: ReviewEffect, turn: Turn): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const before = await this.effects.lock(tx, claimed.id);
      if (before.version !== claimed.version) return;
      const after = afterTurn(before, turn, this.clock.now());
      await this.effects.save(tx, after);
      if (after.state === 'attestation-needed' && after.ownerId !== null)
        await this.letters.attestationAsked(tx, after.campaignId, [after.ownerId]);
      const type = RECORDED[after.state];
      if (type === undefined) return;
      await this.audit.append(tx, {
        type,
        actor: this.work.actorFor(after),
        subject: after.itemId,
        before: { effect: effectImage(before) },
        after: { effect: effectImage(after) },
      });
    });
  }
}

/** Attempts, and that nobody can look there, are the machine's own memory; what changed for it has its record. */
const RECORDED: Readonly<Record<string, RecordType>> = {
  verified: 'review.effect-verified',
  failed: 'review.effect-failed',
};

function afterTurn(effect: ReviewEffect, turn: Turn, at: Date): ReviewEffect {
  switch (turn.kind) {
    case 'verified':
      return verified(effect, turn.seen, at);
    case 'attestation-needed':
      return awaitingAttestation(effect);
    case 'failed':
      return failed(effect, turn.code, turn.seen);
    case 'later':
      return postponed(effect, turn.code, at);
  }
}
