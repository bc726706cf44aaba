/** Words that people write where a secret is to go. */
const PLACEHOLDER =
  /example|sample|placeholder|change[-_ ]?(?:me|it|this)|dummy|fake|foo[-_]?bar|redacted|replace|insert|your[-_ ]|^your|not[-_ ]?real|todo|fixme|secret[-_ ]?here|goes[-_ ]?here|lorem|xxxx|deadbeef|^(?:none|null|nil|undefined|true|false|empty|string|value|password|secret|token|test|user|admin|root)$/i;
/** A reference to where the secret is, and not it. */
const REFERENCE =
  /^\$[A-Za-z_{(]|\$\{|\{\{|^%[A-Za-z_]+%$|^<[^>]*>?$|^\[[^\]]*\]$|%[sdv]\b|^@[A-Za-z]|#\{|\*{4}|\.{4}|^process\.env|^os\.|^(?:env|var|vault|op|secretref|arn|file|https?):/i;
/** One character, or few, over and over; a row of the alphabet or of digits. */
const REPEATED = /^(.{1,4}?)\1{2,}.?$|(.)\2{5,}/s;
const ROWS = [
  '0123456789012345678901234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  '9876543210',
];
const ROW_LENGTH = 8;

/** Why a text is written in place of a secret, or undefined. */
export function placeholder(text: string): string | undefined {
  if (REFERENCE.test(text)) return 'It refers to a secret that is elsewhere.';
  if (PLACEHOLDER.test(text)) return 'It holds a word that people write in place of a secret.';
  if (REPEATED.test(text)) return 'It repeats itself.';
  const small = text.toLowerCase();
  for (let at = 0; at + ROW_LENGTH <= small.length; at++) {
    const piece = small.slice(at, at + ROW_LENGTH);
    if (ROWS.some((row) => row.includes(piece))) return 'It counts through the alphabet, the digits or the keyboard.';
  }
  return undefined;
}

const TEST_FOLDER =
  /(?:^|\/)(?:__)?(?:tests?|specs?|fixtures?|test[-_]?data|mocks?|snapshots?|e2e|cypress)(?:__)?(?:\/|$)/i;
const TEST_FILE =
  /(?:^|\/)test_[^/]*$|[._-](?:test|tests|spec|specs|fixture|mock|snap)\.[A-Za-z0-9]+$|_test\.go$|Tests?\.(?:java|kt|cs|scala)$/;
const DOCUMENTATION_FOLDER = /(?:^|\/)(?:docs?|documentation|guides?|examples?|samples?|tutorials?|man)(?:\/|$)/i;
const DOCUMENTATION_FILE =
  /\.(?:md|mdx|markdown|rst|adoc|asciidoc|pod|[1-8])$|(?:^|\/)(?:readme|changelog|changes|history|news)(?:\.[a-z]+)?$|\.(?:example|sample|dist|template|tmpl)(?:\.[a-z]+)?$/i;

/** Why what stands in a file of this path is rather a sample than a secret in use, or undefined. */
export function samplePlace(path: string): string | undefined {
  if (TEST_FOLDER.test(path) || TEST_FILE.test(path)) return 'It stands among tests or their fixtures.';
  if (DOCUMENTATION_FOLDER.test(path) || DOCUMENTATION_FILE.test(path))
    return 'It stands in documentation or an example.';
  return undefined;
}
