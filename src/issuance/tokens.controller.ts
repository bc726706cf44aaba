import type { TLSSocket } from 'node:tls';
import { Body, Controller, Post, Req, UseFilters } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Actor } from '../kernel/index.js';
import { By, Route } from '../platform/index.js';
import { workloadOf } from './caller.js';
import { TokenError } from './domain/token-errors.js';
import { OAuthErrorFilter } from './oauth-error.filter.js';
import { readTokenForm, showToken, tokenAnswer, tokenForm } from './tokens.dto.js';
import { Tokens } from './tokens.service.js';

@Controller('v1/token')
@UseFilters(OAuthErrorFilter)
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  @Route({
    summary:
      'Issues an access token bound to the client certificate; one for a named thing, with its custodian’s consent (RFC 9396).',
    action: 'token.issue',
    listener: 'mutual',
    consumes: 'form',
    answers: { 200: tokenAnswer },
    records: ['token.issued', 'approval.requested'],
    secret: true,
  })
  async issue(
    @By() actor: Actor,
    @Req() request: FastifyRequest,
    @Body({ schema: tokenForm }) form: z.output<typeof tokenForm>,
  ) {
    requireSelf(actor, form.client_id);
    return showToken(await this.tokens.issue(actor, { ...readTokenForm(form), thumbprint: thumbprintOf(request) }));
  }
}

/** A client may say who it is; it must be who its certificate says (RFC 8705 §2). */
function requireSelf(actor: Actor, clientId: string | undefined): void {
  const { identityId, spiffeId } = workloadOf(actor);
  if (clientId && clientId !== identityId && clientId !== spiffeId)
    throw new TokenError('invalid_client', 'Leave client_id out, or send the id of the identity in the certificate.');
}

function thumbprintOf(request: FastifyRequest): string {
  const certificate = (request.raw.socket as TLSSocket).getPeerX509Certificate();
  if (!certificate) throw new TokenError('invalid_client', 'Call with a client certificate.');
  return Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
}
