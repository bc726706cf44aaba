import type { FastifyReply } from 'fastify';
import { secondsBetween } from '../kernel/index.js';
import { sessionCookie } from '../platform/index.js';
import { showStarted } from './sessions.dto.js';
import type { StartedSession } from './sessions.service.js';

/** How a session leaves: as a token in the answer, for programs, or in a cookie that no script can read. */
export type Keep = 'cookie' | 'token';

/** Hands a session out; with a cookie its token is in no answer. */
export function hand(started: StartedSession, keep: Keep, reply: FastifyReply) {
  if (keep === 'token') return showStarted(started);
  const { session, token } = started;
  const others = [reply.getHeader('set-cookie') ?? []].flat().map(String);
  const cookie = sessionCookie(token, secondsBetween(session.startedAt, session.expiresAt));
  void reply.removeHeader('set-cookie').header('set-cookie', [...others, cookie]);
  const { token: _token, ...shown } = showStarted(started);
  return shown;
}
