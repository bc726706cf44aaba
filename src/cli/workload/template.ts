import type { Secret } from '../../consumer/index.js';
import { CliError } from '../errors.js';

const FIELDS = ['secret', 'account', 'keyId', 'version'] as const;
const FORMS = { plain: (text: string) => text, url: encodeURIComponent, json: (text: string) => JSON.stringify(text) };
const PLACE = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/** Text with places for what is fetched: `{secret}`, `{account}`, `{keyId}`, `{version}`, each also `:url` or `:json`. */
export class Template {
  private constructor(private readonly parts: readonly (string | ((secret: Secret) => string))[]) {}

  /** @throws CliError `option_invalid` */
  static parse(text: string): Template {
    const parts: (string | ((secret: Secret) => string))[] = [];
    let end = 0;
    for (const match of text.matchAll(PLACE)) {
      parts.push(text.slice(end, match.index), partOf(match[0], match[1]));
      end = match.index + match[0].length;
    }
    return new Template([...parts, text.slice(end)]);
  }

  /** @returns the text with the secret in it: it is shown to nobody */
  fill(secret: Secret): string {
    return this.parts.map((part) => (typeof part === 'string' ? part : part(secret))).join('');
  }
}

function partOf(match: string, inside: string | undefined): string | ((secret: Secret) => string) {
  if (match === '{{' || match === '}}') return match[0]!;
  const [field, form = 'plain', ...rest] = (inside ?? '').split(':');
  const known = FIELDS.find((one) => one === field);
  if (!known || !Object.hasOwn(FORMS, form) || rest.length > 0)
    throw new CliError(
      'option_invalid',
      `${match} is no place for anything. Places are {secret}, {account}, {keyId} and {version}, also as {secret:url} or {secret:json}; a brace is {{ or }}.`,
    );
  return (secret) => FORMS[form as keyof typeof FORMS](String(secret[known] ?? ''));
}
