import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { Audit } from '../audit/index.js';
import { type PresenceProof, PresenceProofs, Sessions } from '../custodians/index.js';
import { type Actor, canonicalJson, type Id, type Json, type Principal, type ProvedLevel } from '../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { challengeFor } from './domain/challenge.js';
import { StepUpError } from './domain/errors.js';
import { stepUpImage } from './domain/images.js';
import { mustBePending, openStepUp, prove, type StepUp, stateOf } from './domain/step-up.js';
import { type ShownStepUp, StepUpRepository } from './step-up.repository.js';
import { StepUpWakes } from './step-up-wakes.js';

/** What somebody sends to prove that they are present. */
export type Proof =
  | { readonly kind: 'passkey'; readonly response: AuthenticationResponseJSON }
  | { readonly kind: 'totp'; readonly code: string };

/** A session's images, before and after. */
interface Raised {
  readonly before: Json;
  readonly after: Json;
}

/** How fresh a proof is that somebody makes unasked. */
const VOLUNTARY_SECONDS = 300;

/** Asking people to prove that they are present, and seeing that they did. */
@Injectable()
export class StepUps {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly stepUps: StepUpRepository,
    private readonly presence: PresenceProofs,
    private readonly sessions: Sessions,
    private readonly wakes: StepUpWakes,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** Begins a proof that nothing asked for: the session is then fresh for what comes. */
  begin(actor: Actor, acr: ProvedLevel): Promise<ShownStepUp> {
    const person = personOf(actor);
    const payloadDigest = createHash('sha256').update(canonicalJson({ acr })).digest();
    const asking = { id: this.ids.next('stepUp'), personId: person.id, sessionId: person.sessionId };
    const what = { action: 'step-up.request', acr, maxAgeSeconds: VOLUNTARY_SECONDS, bound: false, payloadDigest };
    return this.unitOfWork.run(async (tx) => {
      const stepUp = openStepUp({ ...asking, ...what }, this.clock.now());
      const shown = { words: `Prove that you are present (${acr}), for what you do next.`, payload: null };
      await this.stepUps.insert(tx, { stepUp, shown });
      return { stepUp, shown };
    });
  }

  /** @throws StepUpError `step_up_not_found`, also for what others were asked */
  get(actor: Actor, id: Id<'stepUp'>): Promise<ShownStepUp> {
    return this.unitOfWork.read(async (tx) => mine(await this.stepUps.find(tx, id), actor));
  }

  /** As {@link get}, once it is no longer waiting to be proved or has waited so long. */
  async wait(actor: Actor, id: Id<'stepUp'>, milliseconds: number): Promise<ShownStepUp> {
    const giveUpAt = performance.now() + milliseconds;
    for (;;) {
      const found = await this.get(actor, id);
      const left = giveUpAt - performance.now();
      if (left <= 0 || this.wakes.closed || stateOf(found.stepUp, this.clock.now()) !== 'pending') return found;
      await this.wakes.within(left);
    }
  }

  /**
   * What a browser needs to have a passkey sign for this; any challenge before it is void.
   *
   * @throws StepUpError `step_up_not_found`, `step_up_closed`
   */
  async challenge(actor: Actor, id: Id<'stepUp'>): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const nonce = randomBytes(32);
    return this.unitOfWork.run(async (tx) => {
      const { stepUp } = mine(await this.stepUps.lock(tx, id), actor);
      mustBePending(stepUp, this.clock.now());
      await this.stepUps.saveNonce(tx, id, nonce);
      return this.presence.optionsFor(tx, stepUp.personId, challengeFor(stepUp, nonce));
    });
  }

  /**
   * Takes the proof. One for a session raises it, and the session it was made in; one for a request waits for that
   * request.
   *
   * @throws StepUpError `step_up_not_found`, `step_up_closed`, `step_up_not_challenged`, `proof_too_weak`; whatever the
   *   authenticators refuse
   */
  async prove(actor: Actor, id: Id<'stepUp'>, proof: Proof): Promise<ShownStepUp> {
    const verify = await this.attempt(actor, id, proof);
    const take = async (tx: Tx) => {
      const found = mine(await this.stepUps.lock(tx, id), actor);
      const presence = await verify(tx);
      const at = this.clock.now();
      const { authenticatorId } = presence;
      const made = { at, acr: provedLevel(presence), authenticatorId, sessionId: personOf(actor).sessionId };
      const stepUp = prove(found.stepUp, made);
      await this.stepUps.saveProof(tx, stepUp);
      const sessions = stepUp.bound ? [] : await this.raise(tx, stepUp, presence);
      await this.record(tx, actor, found.stepUp, stepUp, sessions);
      return { ...found, stepUp };
    };
    const proved = await this.presence.tellingOfCopies(actor, () => this.unitOfWork.run(take));
    this.wakes.wake();
    return proved;
  }

  /**
   * An attempt is counted and committed before it is looked at: guesses at the same time are no cheaper than one by one.
   *
   * @returns what verifies it
   */
  private async attempt(actor: Actor, id: Id<'stepUp'>, proof: Proof): Promise<(tx: Tx) => Promise<PresenceProof>> {
    const stepUp = await this.unitOfWork.aside(async (tx) => {
      const found = mine(await this.stepUps.lock(tx, id), actor);
      mustBePending(found.stepUp, this.clock.now());
      await this.stepUps.countAttempt(tx, id);
      return found.stepUp;
    });
    const { id: personId, sessionId } = personOf(actor);
    if (proof.kind === 'totp') {
      const presence = await this.presence.verifyTotp(personId, sessionId, proof.code);
      return async () => presence;
    }
    if (!stepUp.nonce)
      throw new StepUpError('step_up_not_challenged', 'Ask for the options first, and have a passkey sign them.');
    const challenge = challengeFor(stepUp, stepUp.nonce);
    return (tx) => this.presence.verify(tx, personId, challenge, proof.response);
  }

  /** Freshens the session that asked, and the one in which the person was. */
  private async raise(tx: Tx, { sessionId, proof }: StepUp, { acr, amr }: PresenceProof): Promise<Raised[]> {
    const raised: Raised[] = [];
    for (const session of [...new Set([sessionId, proof!.sessionId])].sort())
      raised.push(await this.sessions.raise(tx, session, acr, amr, proof!.at));
    return raised;
  }

  private async record(
    tx: Tx,
    actor: Actor,
    before: StepUp,
    after: StepUp,
    sessions: readonly Raised[],
  ): Promise<void> {
    await this.audit.append(tx, {
      type: 'step-up.proved',
      actor,
      subject: after.id,
      before: { stepUp: stepUpImage(before), sessions: sessions.map((one) => one.before) },
      after: { stepUp: stepUpImage(after), sessions: sessions.map((one) => one.after) },
    });
  }
}

function provedLevel({ acr }: PresenceProof): ProvedLevel {
  if (acr !== 'loa1') return acr;
  throw new StepUpError('proof_too_weak', 'In this session it proves nothing more; use a passkey.', {
    details: { proved: acr },
  });
}

function mine(found: ShownStepUp | undefined, actor: Actor): ShownStepUp {
  if (found?.stepUp.personId === personOf(actor).id) return found;
  throw new StepUpError('step_up_not_found', 'Nothing with this id was asked of you.');
}

function personOf({ principal }: Actor): Extract<Principal, { kind: 'person' }> {
  if (principal.kind === 'person') return principal;
  throw new StepUpError('person_required', 'This is done by a person, who can prove to be present.');
}
