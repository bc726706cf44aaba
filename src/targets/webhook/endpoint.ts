import { createHash, createHmac } from 'node:crypto';
import type { z } from 'zod';
import { type ApiCalls, jsonOf, refusedBy } from '../api-calls.js';
import { failed } from '../domain/refusals.js';
import type { NetworkAccess } from '../domain/network-access.js';

const PREFIX = 'whsec_';

/** Somebody's own endpoint that rotates what nobody else knows of (docs/guides/targets.md has what is asked and answered). */
export class Endpoint {
  constructor(
    private readonly calls: ApiCalls,
    private readonly access: NetworkAccess,
    private readonly now: () => Date,
  ) {}

  /**
   * Asks for one thing, signed by Standard Webhooks 1.0. What asks for the same has the same id, so that it can be known again.
   *
   * @throws TargetError
   */
  async ask<Schema extends z.ZodType>(type: string, data: object, schema: Schema): Promise<z.output<Schema>> {
    const at = this.now();
    const body = JSON.stringify({ type: `credential.${type}`, timestamp: at.toISOString(), data });
    const id = `msg_${createHash('sha256')
      .update(JSON.stringify([type, data]))
      .digest('hex')
      .slice(0, 32)}`;
    const seconds = String(Math.floor(at.getTime() / 1000));
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': signatureOf(this.access.password, id, seconds, body),
    };
    const path = `/${this.access.path.split('/').map(encodeURIComponent).join('/')}`;
    const answer = await this.calls.ask(this.access, { method: 'POST', path, headers, body });
    if (answer.status !== 200) throw refusedBy(answer.status);
    const said = schema.safeParse(jsonOf(answer));
    if (!said.success) throw failed('not-as-documented');
    return said.data;
  }
}

/** @param secret `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks, “Signature scheme”) */
export function signatureOf(secret: string, id: string, seconds: string, body: string): string {
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`).digest('base64');
  return `v1,${signature}`;
}

export function isSecret(secret: string): boolean {
  const key = keyOf(secret);
  return (
    secret.startsWith(PREFIX) && key.length >= 24 && key.length <= 64 && PREFIX + key.toString('base64') === secret
  );
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}
