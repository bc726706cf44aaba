import { CustodyError } from './errors.js';

const MAX_LENGTH = 254;
const FORM = /^[^\s@"<>(),:;[\]\\]{1,64}@[^\s@]{1,253}$/u;
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/**
 * An e-mail address in the one form that it is compared in: composed (NFC), without surrounding space, in lower case.
 *
 * The local part is lower-cased too: RFC 5321 §2.4 would keep its case, but no firm gives two people addresses that
 * differ in case alone, and one person invited twice is the worse mistake.
 *
 * @throws CustodyError `email_invalid` for quoted local parts, comments, empty labels and over-long parts as well
 */
export function normalEmail(text: string): string {
  const email = text.normalize('NFC').trim().toLowerCase();
  const domain = email.slice(email.lastIndexOf('@') + 1);
  if (email.length > MAX_LENGTH || !FORM.test(email) || !DOMAIN.test(domain) || /\p{C}/u.test(email))
    throw new CustodyError('email_invalid', 'Send one plain e-mail address, like ada@example.com.');
  return email;
}

/** What lists show: enough to tell colleagues apart, not enough to write to them (`a…@example.com`). */
export function maskedEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const [first = ''] = email;
  return `${first}…${email.slice(at)}`;
}
