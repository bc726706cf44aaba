import { z } from 'zod';
import type { Delivery } from '../domain/sink.js';

/** What stands at a place that holds one text: the secret alone, or JSON with as who one signs in. */
export const form = z.enum(['secret', 'json']).default('secret');
export type Form = z.output<typeof form>;

export function contentOf(of: Form, delivery: Delivery): string {
  return of === 'secret' ? delivery.secret : JSON.stringify(namedFieldsOf(delivery));
}

/** What stands at a place that holds names and values. */
export function namedFieldsOf({ account, keyId, secret, version }: Delivery): Readonly<Record<string, string>> {
  return { account, ...(keyId !== null && { keyId }), secret, version: String(version) };
}
