import type { TLSSocket } from 'node:tls';
import { type CanActivate, type ExecutionContext, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Decision, Id, Principal } from '../../kernel/index.js';
import { Config } from '../config/index.js';
import { RequestError } from './errors.js';
import { ApprovalDesk, type GuardedCall, type Pass, STEP_UP_HEADER, StepUpDesk } from './guarded-call.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { keyedRequest } from './keyed-request.js';
import { isMutual } from './listeners.js';
import { payloadOf } from './payload.js';
import { Authenticators, DecisionPoint, type Question, RefusalLog, type ShownCredentials } from './ports.js';
import { RateLimits } from './rate-limits.js';
import { type MusterRequest, ROUTE, type RouteSpec } from './route.js';
import { tokenInCookie } from './session-cookie.js';
import { requireShape, secretFieldsOf } from './shapes.js';
import { understood, type UnderstoodDecision } from './understood.js';
import { Subjects, wordsFor } from './words.js';

const PUBLIC: Decision = { effect: 'allow', reasons: ['route:public'], policy: 'builtin@1' };
const ANONYMOUS: Principal = { kind: 'anonymous' };

/** The policy may ask for consent and for a proof; one that asks for more is not understood. */
const TURNS = 3;

/**
 * Rate limit → authenticate → decide → step-up or consent. Whatever is not declared, not known or not answered is
 * refused. Where the policy wants something shown first, it is asked again with what was shown (AuthZEN): only its own
 * `allow` lets a request in.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticators: Authenticators,
    private readonly decisions: DecisionPoint,
    private readonly refusals: RefusalLog,
    private readonly limits: RateLimits,
    private readonly stepUps: StepUpDesk,
    private readonly approvals: ApprovalDesk,
    private readonly subjects: Subjects,
    private readonly keys: IdempotencyKeys,
    @Optional() private readonly config?: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<MusterRequest>();
    const route = this.reflector.get<RouteSpec | undefined>(ROUTE, context.getHandler());
    if (!route) throw new RequestError('forbidden', 'This route declares no permission, so nobody may call it.');
    requireListener(request, route);
    requireMediaType(request, route);
    await this.limits.admitAddress(request.ip);
    if (route.action === 'public') {
      request.actor = { principal: ANONYMOUS, requestId: request.id as Id<'request'>, decision: PUBLIC };
      return true;
    }
    const principal = await this.authenticate(request);
    await this.limits.admitPrincipal(principal);
    const asked = { principal, action: route.action, resource: pathOf(request), requestId: request.id };
    const { decision, passes } = await this.judge(asked, context);
    request.actor = { principal, requestId: request.id as Id<'request'>, decision };
    request.passes = passes;
    return true;
  }

  private async judge(asked: Question, context: ExecutionContext) {
    const passes: Pass[] = [];
    let question = asked;
    for (let turn = 1; ; turn += 1) {
      const { decision, cause } = await understood(async () => this.decisions.decide(question));
      if (decision.effect === 'allow') return { decision, passes };
      if (decision.effect === 'deny' || turn === TURNS) return this.refuse(question, decision, cause);
      const pass = await this.admit(question, decision, context);
      passes.push(pass);
      question = { ...question, evidence: { ...question.evidence, ...pass.evidence } };
    }
  }

  private async refuse(question: Question, decision: UnderstoodDecision, cause: unknown): Promise<never> {
    await this.refusals.refused(question, decision, question.requestId!);
    const details = { reasons: decision.reasons };
    throw new RequestError('forbidden', 'You may not do this. Ask an administrator which role allows it.', {
      details,
      ...(cause !== undefined && { cause }),
    });
  }

  /** A pass that is spent is good only for the answer that this very request was given, under its Idempotency-Key. */
  private async admit(question: Question, decision: UnderstoodDecision, context: ExecutionContext): Promise<Pass> {
    await requireShape(context);
    const request = context.switchToHttp().getRequest<MusterRequest>();
    const pass = await this.atDesk(decision, await this.callOf(request, question, decision, context));
    if (!pass.spent) return pass;
    const keyed = keyedRequest(request, question.principal);
    if (keyed && (await this.keys.remembers(keyed))) return pass;
    throw pass.spent;
  }

  private atDesk(decision: UnderstoodDecision, call: GuardedCall): Promise<Pass> {
    if (decision.effect === 'approve') return this.approvals.admit(call, decision.approval);
    if (decision.effect === 'step-up') return this.stepUps.admit(call, decision.requirement);
    throw new TypeError(`To ${decision.effect} asks for nothing.`);
  }

  private async callOf(
    request: MusterRequest,
    question: Question,
    decision: UnderstoodDecision,
    context: ExecutionContext,
  ): Promise<GuardedCall> {
    const { words } = decision.requirement ?? decision.approval!;
    const shown = request.headers[STEP_UP_HEADER];
    const payload = payloadOf(request);
    return {
      question,
      requestId: request.id as Id<'request'>,
      decision,
      words: await wordsFor(words, question.resource, payload, this.subjects),
      payload,
      secretFields: secretFieldsOf(context),
      shownStepUp: typeof shown === 'string' ? shown : undefined,
    };
  }

  private async authenticate(request: MusterRequest): Promise<Principal> {
    const shown = shownBy(request, this.config?.publicUrl);
    try {
      for (const authenticator of this.authenticators.all) {
        const principal = await authenticator.authenticate(shown);
        if (principal) return principal;
      }
    } catch (error) {
      await this.limits.countFailure(request.ip);
      throw error;
    }
    await this.limits.countFailure(request.ip);
    if (shown.bearer !== undefined)
      throw new RequestError('credential_invalid', 'This credential is not valid; sign in again.');
    throw new RequestError(
      'credential_required',
      'Sign in first: send a session token, or a client certificate on 8444.',
    );
  }
}

function requireListener(request: MusterRequest, route: RouteSpec): void {
  const listener = route.listener ?? 'open';
  if (listener === 'both') return;
  const mutual = isMutual(request.raw.socket);
  if (listener === 'mutual' && !mutual)
    throw new RequestError('listener_wrong', 'Call this on the port that requires client certificates (8444).');
  if (listener === 'open' && mutual)
    throw new RequestError('listener_wrong', 'Call this on the port without client certificates (8443).');
}

function requireMediaType(request: MusterRequest, route: RouteSpec): void {
  if (request.body === undefined || request.body === null) return;
  const wanted = route.consumes === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  const sent = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (sent !== wanted) throw new RequestError('media_type_unsupported', `Send this as ${wanted}.`);
}

function pathOf(request: MusterRequest): Record<string, string> {
  return { ...(request.params as Record<string, string> | undefined) };
}

/** As long as a token may be whose authorization details are as long as they may be; all headers together have 16 KiB. */
const BEARER = /^Bearer ([\x21-\x7e]{1,14336})$/i;

function shownBy(request: MusterRequest, publicOrigin: string | undefined): ShownCredentials {
  const socket = request.raw.socket as TLSSocket;
  const { authorization } = request.headers;
  const mutual = isMutual(socket);
  const inCookie = () => (mutual ? undefined : tokenInCookie(request.method, request.headers, publicOrigin));
  return {
    bearer: authorization === undefined ? inCookie() : (BEARER.exec(authorization)?.[1] ?? ''),
    certificate: mutual ? chainOf(socket) : undefined,
    address: request.ip,
    requestId: request.id,
    headers: request.headers,
  };
}

function chainOf(socket: TLSSocket): ShownCredentials['certificate'] {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return undefined;
  const chain: Buffer[] = [];
  for (let next = leaf.issuerCertificate; next && chain.length < 8; next = next.issuerCertificate) {
    chain.push(next.raw);
    if (next.issuerCertificate === next) break;
  }
  return { leaf: leaf.raw, chain };
}
