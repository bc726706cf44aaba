import type { TLSSocket } from 'node:tls';
import { type CanActivate, type ExecutionContext, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Decision, Id, Principal } from '../../kernel/index.js';
import { Config } from '../config/index.js';
import { RequestError } from './errors.js';
import { isMutual } from './listeners.js';
import { Authenticators, DecisionPoint, RefusalLog, type ShownCredentials } from './ports.js';
import { RateLimits } from './rate-limits.js';
import { type MusterRequest, ROUTE, type RouteSpec } from './route.js';
import { tokenInCookie } from './session-cookie.js';
import { understood } from './understood.js';

const PUBLIC: Decision = { effect: 'allow', reasons: ['route:public'], policy: 'builtin@1' };
const ANONYMOUS: Principal = { kind: 'anonymous' };

/** Rate limit → authenticate → decide. Whatever is not declared, not known or not answered is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticators: Authenticators,
    private readonly decisions: DecisionPoint,
    private readonly refusals: RefusalLog,
    private readonly limits: RateLimits,
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
    const question = { principal, action: route.action, resource: pathOf(request) };
    const { decision, cause } = await understood(async () => this.decisions.decide(question));
    if (decision.effect !== 'allow') {
      await this.refusals.refused(question, decision, request.id);
      const details = { reasons: decision.reasons };
      throw new RequestError('forbidden', refusalText(decision), { details, ...(cause !== undefined && { cause }) });
    }
    request.actor = { principal, requestId: request.id as Id<'request'>, decision };
    return true;
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

const BEARER = /^Bearer ([\x21-\x7e]{1,8192})$/i;

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

function refusalText(decision: Decision): string {
  switch (decision.effect) {
    case 'step-up':
      return 'This needs a fresh, stronger proof that you are present.';
    case 'approve':
      return 'This needs the consent of somebody else first.';
    case 'allow':
    case 'deny':
      return 'You may not do this. Ask an administrator which role allows it.';
  }
}
