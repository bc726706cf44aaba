import { applyDecorators, createParamDecorator, type ExecutionContext, HttpCode, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ZodType } from 'zod';
import type { Actor, RecordType } from '../../kernel/index.js';
import { RequestError } from './errors.js';
import type { Pass } from './guarded-call.js';

/** Which of the two listeners serves a route: `open` is 8443, `mutual` is 8444 and requires a client certificate. */
export type Listener = 'open' | 'mutual' | 'both';

/** What an answer looks like: a JSON schema, another media type, or nothing. */
export type Answer = ZodType | { readonly mediaType: string; readonly describe: string } | null;

/** Everything about a route that is not in its parameters. A route without one does not start. */
export interface RouteSpec {
  /** One line for the OpenAPI document. */
  readonly summary: string;
  /**
   * What the policy is asked, for example `identity.register`; `public` says that nobody needs to have signed in,
   * because the request carries its own proof or the answer is for everyone.
   */
  readonly action: string;
  readonly listener?: Listener;
  /** Answers by status; the first one named is the ordinary one. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** The records a successful call appends, or `none` where its only effects stand on decision 2's list. */
  readonly records: readonly RecordType[] | 'none';
  /** The answer carries a secret: it is never stored, not even for an idempotency key. */
  readonly secret?: true;
  /** The answer's media type when it is not JSON, or a request body that is not JSON (`form`). */
  readonly consumes?: 'json' | 'form';
}

export const ROUTE = 'muster:route';

/** Declares a route: what it is for, who may call it, what it answers and what it records. */
export function Route(spec: RouteSpec): MethodDecorator {
  const status = Number(Object.keys(spec.answers)[0] ?? 200);
  return applyDecorators(SetMetadata(ROUTE, spec), HttpCode(status));
}

/** What the guards leave on a request for the handler. */
export interface MusterRequest extends FastifyRequest {
  actor?: Actor;
  /** What let it through, still to be spent. */
  passes?: readonly Pass[];
}

/** The caller, as proved and as decided upon: the first argument of a handler. */
export const By = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<MusterRequest>();
  if (!actor) throw new Error('A handler ran before its guards.');
  return actor;
});

/**
 * The version the caller last saw, from `If-Match` (RFC 9110 §13.1.1).
 *
 * @throws RequestError `precondition_required` when the header is missing, `if_match_invalid` when it is no ETag of ours
 */
export function ifMatchOf(request: FastifyRequest): number {
  const header = request.headers['if-match'];
  if (header === undefined)
    throw new RequestError('precondition_required', 'Send If-Match with the ETag of the version you read.');
  const match = /^"v(\d{1,9})"$/.exec(header);
  if (!match)
    throw new RequestError('if_match_invalid', 'If-Match must be one ETag as this service gave it, like "v3".');
  return Number(match[1]);
}

/** How the argument is made; by it a route is known to be conditional. */
export const readIfMatch = (_data: unknown, context: ExecutionContext): number =>
  ifMatchOf(context.switchToHttp().getRequest<FastifyRequest>());

/** The version the caller last saw, as an argument of a handler. */
export const IfMatch = createParamDecorator(readIfMatch);

/** The version the caller last saw, where they say it. */
export const IfMatchWhereSent = createParamDecorator(
  (_data: unknown, context: ExecutionContext): number | undefined => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return request.headers['if-match'] === undefined ? undefined : ifMatchOf(request);
  },
);

/** The ETag of a resource's version; answers with a numeric `version` carry it by themselves. */
export function etag(version: number): string {
  return `"v${version}"`;
}
