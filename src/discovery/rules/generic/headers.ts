import { BASE62, BASE64, chars, madeBy, oneOf, optional, sequence } from '../../domain/grammar.js';
import { around, family } from '../family.js';

/** Where `Basic` or `Bearer` ends and what it brings begins. */
function afterScheme(text: string): readonly [number, number] {
  return [text.indexOf(' ') + 1, text.length];
}

/** What is shown instead of a token: a name of it, a reference. */
const REFERENCE = /(?:token|key|jwt|your|example|xxx|\.\.\.)/i;

export const headers = family(
  { vendor: 'any', page: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.1', basis: 'generic' },
  {
    id: 'bearer-header',
    name: 'bearer token in a header',
    kind: 'token',
    shape: around(
      ['Bearer ', 'bearer '],
      oneOf('Bearer ', 'bearer '),
      chars(`${BASE62}_.~+/\\-`, 20, 2000),
      oneOf('==', '=', ''),
    ),
    secret: afterScheme,
    entropy: 3.4,
    unless: (text) =>
      REFERENCE.test(text.slice(7)) ||
      !/\d/.test(text) ||
      !/[A-Za-z]/.test(text.slice(7)) ||
      (/^\w+(?:\.\w+)*$/.test(text.slice(7)) === false && /[^\w.~+/=-]/.test(text.slice(7))),
  },
  {
    id: 'basic-header',
    name: 'user and password in a header',
    kind: 'password',
    page: 'https://www.rfc-editor.org/rfc/rfc7617#section-2',
    reveals: 'the user',
    shape: around(
      ['Basic ', 'basic '],
      oneOf('Basic ', 'basic '),
      madeBy(sequence(chars(BASE64, 10, 400), optional(oneOf('==', '='))), (chance) =>
        Buffer.from(`${chars('a-z', 4, 9).make(chance)}:${chars(BASE62, 10, 24).make(chance)}`).toString('base64'),
      ),
    ),
    secret: afterScheme,
    entropy: 2.8,
    unless: (text) => !/^[!-9;-~]{1,100}:[ -~]{3,}$/.test(Buffer.from(text.slice(6), 'base64').toString('latin1')),
  },
);
