import { z } from 'zod';

/** Where an API is: without a path’s last slash, user, query or fragment. */
export const baseUrl = z
  .string()
  .max(2048)
  .refine(isBase, 'must be a URL like https://api.example.com, without user, query or fragment')
  .transform((url) => url.replace(/\/+$/, ''));

function isBase(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}
