import { z } from 'zod';
import { canonicalJson, type Id } from '../../kernel/index.js';
import type { AuthorizationDetail } from './authorization-details.js';

/** With the largest `authorization_details` (8 KiB) in it. */
const MAX_SIGNING_INPUT = 16_384;
const SIGNATURE_BYTES = 64;

/** What a token for Muster's own routes is for, and the target of the grants behind it. */
export const OWN_AUDIENCE = 'muster';

/** The claims of a JWT access token (RFC 9068 §2.2), bound to a client certificate (RFC 8705 §3.1). Instants: seconds. */
export interface AccessTokenClaims {
  readonly iss: string;
  /** The SPIFFE ID. */
  readonly sub: string;
  /** The identity's own id. */
  readonly client_id: Id<'identity'>;
  readonly aud: string;
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: Id<'token'>;
  /** The grants behind the scopes, so that use can be reported for each (INV-4). */
  readonly grants: readonly Id<'grant'>[];
  readonly cnf: { readonly 'x5t#S256': string };
  /** The one thing it was asked for (RFC 9396 §9.1). */
  readonly authorization_details?: readonly AuthorizationDetail[];
  /** Who agreed to that: the approval that was spent for this token. */
  readonly approval_id?: Id<'approval'>;
}

const seconds = z.number().int().min(0);
const claimsShape = z.strictObject({
  iss: z.string(),
  sub: z.string(),
  client_id: z.string(),
  aud: z.string().min(1),
  scope: z.string(),
  iat: seconds,
  exp: seconds,
  jti: z.string(),
  grants: z.array(z.string()),
  cnf: z.strictObject({ 'x5t#S256': z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
  authorization_details: z
    .array(z.looseObject({ type: z.string() }))
    .min(1)
    .optional(),
  approval_id: z
    .string()
    .regex(/^apr_[0-9a-f]{32}$/)
    .optional(),
});
const headerShape = z.strictObject({ alg: z.literal('ES256'), typ: z.literal('at+jwt'), kid: z.string() });

/** The JWS signing input (RFC 7515 §5.1): what is recorded, signed, and followed by the signature in the token. */
export function signingInput(kid: Id<'signingKey'>, claims: AccessTokenClaims): Buffer {
  const header = encode(canonicalJson({ alg: 'ES256', kid, typ: 'at+jwt' }));
  return Buffer.from(`${header}.${encode(canonicalJson({ ...claims }))}`, 'ascii');
}

/** Joins a signing input and its raw ES256 signature (RFC 7518 §3.4) to a compact JWS. */
export function compactToken(input: Buffer, signature: Buffer): string {
  return `${input.toString('ascii')}.${signature.toString('base64url')}`;
}

/** Header and claims of a signing input as this service writes it, or undefined when it is anything else. */
export function readSigningInput(
  input: Buffer,
): { readonly kid: Id<'signingKey'>; readonly claims: AccessTokenClaims } | undefined {
  if (input.length > MAX_SIGNING_INPUT) return undefined;
  const [header, claims, ...rest] = input.toString('latin1').split('.');
  if (header === undefined || claims === undefined || rest.length > 0) return undefined;
  const kid = headerShape.safeParse(decode(header)).data?.kid as Id<'signingKey'> | undefined;
  const read = claimsShape.safeParse(decode(claims)).data as AccessTokenClaims | undefined;
  if (kid === undefined || read === undefined) return undefined;
  return signingInput(kid, read).equals(input) ? { kid, claims: read } : undefined;
}

/** A compact token taken apart; nothing of it is believed yet. */
export interface ReadToken {
  readonly kid: Id<'signingKey'>;
  readonly claims: AccessTokenClaims;
  readonly input: Buffer;
  /** Raw `r || s`. */
  readonly signature: Buffer;
}

/** Reads a compact token of the form that this service writes, or undefined when it is anything else. */
export function readCompactToken(token: string): ReadToken | undefined {
  const dot = token.lastIndexOf('.');
  if (dot < 0) return undefined;
  const input = Buffer.from(token.slice(0, dot), 'latin1');
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  if (signature.length !== SIGNATURE_BYTES || signature.toString('base64url') !== token.slice(dot + 1))
    return undefined;
  const read = readSigningInput(input);
  return read && { ...read, input, signature };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
