import { Injectable } from '@nestjs/common';
import { PresenceProofs } from '../custodians/index.js';
import {
  addSeconds,
  canonicalJson,
  type Id,
  isId,
  MINUTE_SECONDS,
  type Principal,
  reaches,
  type StepUpRequirement,
} from '../kernel/index.js';
import {
  Config,
  crashPoint,
  type GuardedCall,
  Ids,
  type Pass,
  payloadDigest,
  RequestError,
  shownPayload,
  StepUpDesk,
  SystemClock,
  UnitOfWork,
} from '../platform/index.js';
import { StepUpError } from './domain/errors.js';
import {
  MAX_ATTEMPTS,
  mustBeFor,
  openStepUp,
  SPENDABLE_SECONDS,
  type StepUp,
  type StepUpProof,
  stateOf,
} from './domain/step-up.js';
import { type ShownStepUp, StepUpRepository } from './step-up.repository.js';

/** What is about to expire is not offered again. */
const WORTH_OFFERING_SECONDS = MINUTE_SECONDS;
/** How many askings of one person are remembered that nobody proved. */
const KEPT_UNPROVED = 20;

/** Where a request that needs a fresh proof shows one, or learns what to prove. */
@Injectable()
export class StepUpPasses extends StepUpDesk {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly stepUps: StepUpRepository,
    private readonly presence: PresenceProofs,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly config: Config,
  ) {
    super();
  }

  override async admit(call: GuardedCall, requirement: StepUpRequirement): Promise<Pass> {
    const asked = this.askingFor(call, requirement);
    const pass = isId('stepUp', call.shownStepUp)
      ? await this.passFor(call.shownStepUp, asked, call.requestId)
      : undefined;
    return pass ?? this.ask(asked, call);
  }

  private askingFor({ question, payload }: GuardedCall, requirement: StepUpRequirement): StepUp {
    const { id: personId, sessionId } = personOf(question.principal);
    const { acr, maxAgeSeconds, bound } = requirement;
    const id = this.ids.next('stepUp');
    const asking = { id, personId, sessionId, action: question.action, acr, maxAgeSeconds, bound };
    return openStepUp({ ...asking, payloadDigest: payloadDigest(payload) }, this.clock.now());
  }

  /**
   * The pass that a proof is, where it was made for exactly what is asked now; undefined where it was not made yet, or
   * too long ago.
   *
   * @throws StepUpError `step_up_mismatch`
   */
  private async passFor(id: Id<'stepUp'>, asked: StepUp, by: Id<'request'>): Promise<Pass | undefined> {
    if (!asked.bound) return undefined;
    const found = await this.unitOfWork.read((tx) => this.stepUps.find(tx, id));
    if (found?.stepUp.personId !== asked.personId) return undefined;
    const { stepUp } = found;
    mustBeFor(stepUp, asked);
    const state = stateOf(stepUp, this.clock.now());
    if (state !== 'proved' && state !== 'spent') return undefined;
    return this.passOf(stepUp, stepUp.proof!, by);
  }

  private passOf({ id, spent }: StepUp, { acr, at: provedAt }: StepUpProof, by: Id<'request'>): Pass {
    return {
      evidence: { stepUp: { id, acr, provedAt } },
      ...(spent && { spent: spentAlready() }),
      spend: async (tx) => {
        const at = this.clock.now();
        if (!(await this.stepUps.spend(tx, id, by, at, addSeconds(at, -SPENDABLE_SECONDS)))) throw spentAlready();
        await crashPoint('spend', 1);
      },
    };
  }

  private async ask(asked: StepUp, call: GuardedCall): Promise<never> {
    const payload = canonicalJson({ ...shownPayload(call.payload, call.secretFields) });
    const { stepUp } = await this.unitOfWork.aside(async (tx): Promise<ShownStepUp> => {
      const until = addSeconds(asked.createdAt, WORTH_OFFERING_SECONDS);
      const open = await this.stepUps.findOpen(tx, asked, until, MAX_ATTEMPTS);
      if (open) return open;
      const fresh = { stepUp: asked, shown: { words: call.words, payload } };
      await this.stepUps.insert(tx, fresh);
      await this.stepUps.deleteUnproved(tx, asked.personId, KEPT_UNPROVED);
      return fresh;
    });
    const methods = await this.unitOfWork.read((tx) => this.presence.methodsOf(tx, stepUp.personId, stepUp.sessionId));
    throw new RequestError('step_up_required', wanted(stepUp), {
      details: {
        acrValues: stepUp.acr,
        maxAgeSeconds: stepUp.maxAgeSeconds,
        bound: stepUp.bound,
        stepUpId: stepUp.id,
        stepUpUrl: `${this.config.publicUrl}/step-up/${stepUp.id}`,
        expiresAt: stepUp.expiresAt.toISOString(),
        ...(!methods.some(({ acr }) => reaches(acr, stepUp.acr)) && { enrol: true }),
      },
    });
  }
}

function personOf(principal: Principal): Extract<Principal, { kind: 'person' }> {
  if (principal.kind === 'person') return principal;
  throw new StepUpError('person_required', 'This is done by a person, who can prove to be present.');
}

function spentAlready(): StepUpError {
  return new StepUpError(
    'step_up_spent',
    'This proof has been used, or is too old. Send the request without it, and prove what is asked then.',
  );
}

function wanted({ bound, id }: StepUp): string {
  return bound
    ? `Prove that you are present, for exactly this request, then send it again with Muster-Step-Up: ${id}.`
    : 'Prove that you are present, then send the request again.';
}
