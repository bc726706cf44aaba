import { z } from 'zod';
import { type AuthorizationDetail, parseAuthorizationDetails } from './domain/authorization-details.js';
import { TokenError } from './domain/token-errors.js';
import type { DeliveredToken } from './tokens.service.js';

const MAX_TARGET = 200;
const GRANT_TYPE = 'client_credentials';

/** RFC 6749 §4.4.2 and RFC 9396 §2, with the target by RFC 8707 `resource` or as `audience`. Unknown parameters are ignored (§3.2). */
export const tokenForm = z.object({
  grant_type: z.string().optional(),
  scope: z.string().max(2048).optional(),
  resource: z.string().max(MAX_TARGET).optional(),
  audience: z.string().max(MAX_TARGET).optional(),
  client_id: z.string().max(2048).optional(),
  /** RFC 9396: what the token is for, one thing after another, each with its `type`; somebody may have to agree to it. */
  authorization_details: z.string().optional(),
});

export const tokenAnswer = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    scope: z.string(),
    /** What was granted (RFC 9396 §7). */
    authorization_details: z.array(z.looseObject({ type: z.string() })).optional(),
  })
  .meta({ id: 'AccessTokenAnswer' });

/** An empty parameter counts as left out (RFC 6749 §3.2). @throws TokenError */
export function readTokenForm(form: z.output<typeof tokenForm>): {
  target: string;
  scope: string | undefined;
  details: readonly AuthorizationDetail[] | undefined;
} {
  if (!form.grant_type) throw new TokenError('invalid_request', 'Send grant_type=client_credentials.');
  if (form.grant_type !== GRANT_TYPE)
    throw new TokenError('unsupported_grant_type', 'Send grant_type=client_credentials: no other is supported yet.');
  const targets = [form.resource, form.audience].filter((target) => target);
  if (new Set(targets).size !== 1)
    throw new TokenError('invalid_target', 'Name the one target the token is for, as resource or as audience.');
  const { scope, authorization_details: details } = form;
  return {
    target: targets[0]!,
    scope: scope === '' ? undefined : scope,
    details: details ? parseAuthorizationDetails(details) : undefined,
  };
}

export function showToken(token: DeliveredToken): z.input<typeof tokenAnswer> {
  return {
    access_token: token.accessToken,
    token_type: 'Bearer',
    expires_in: token.expiresInSeconds,
    scope: token.scope,
    ...(token.details && { authorization_details: token.details.map((detail) => ({ ...detail })) }),
  };
}
