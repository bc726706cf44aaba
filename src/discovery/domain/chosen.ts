/** What programs, forms and tests call their parts, also with a number behind it: such a text is a name, and opens nothing. */
const OF_PROGRAMS =
  /pass(?:word|wd|phrase|code)|secret|token|credential|(?:api|access|private|public)[_.-]?key|field|input|label|button|error|invalid|reset|forgot|confirm|hash|expire|test|demo|default|sample|dummy|encrypt|sha-?\d|argon|bcrypt|scram/i;
/** A name of a program with a version or a number at its end: `spacing-400`, `auth_token_v2`, `bert-base-2`. */
const NUMBERED = /^[a-z]+(?:[_.:/-][a-z]+)*[_.:/-]?v?\d{1,3}$/;
/** Four words or more, as managers of passwords join them, with a number at the end of one: `Stinky-Unshaken7-Quartet-Copper`. */
const PHRASE = /^(?=\D*\d{1,2}(?!.*\d))(?:[A-Za-z]{3,16}\d{0,2}[-_.]){3,9}[A-Za-z]{3,16}\d{0,2}$/;
const SIGN = /[!#$%&*+?@^~]/;

/**
 * Whether a text of words is such as people make where a password needs a digit or a sign: `Summer2023!`, `ilovecats99`, `Toyota-Supra94`.
 * Words alone are not: those are labels, names and phrases far oftener.
 */
export function isChosen(text: string): boolean {
  if (!/[A-Za-z]/.test(text) || /\s|:\/\/|\(\)/.test(text) || OF_PROGRAMS.test(text)) return false;
  if (SIGN.test(text)) return /^[!-~]+$/.test(text) && !/^[#@&*$%]|(?<!\d)[&*]$/.test(text);
  if (PHRASE.test(text)) return true;
  return /\d/.test(text) && (/^[0-9A-Za-z]+$/.test(text) || (/\d\d$/.test(text) && !NUMBERED.test(text)));
}
