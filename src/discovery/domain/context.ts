/** Words that people write where a secret is to go; so long that chance does not write them. */
const PLACEHOLDER =
  /example|placeholder|change[-_ ]?(?:me|it|this)|foo[-_]?bar|redacted|replace|your[-_ ](?:api|access|app|auth|client|key|own|pass|personal|project|secret|token|user)|not[-_ ]?real|secret[-_ ]?here|goes[-_ ]?here|deadbeef|^(?:none|null|nil|undefined|true|false|empty|string|value|password|secret|token|test|user|admin|root)$/i;
/** Those that chance writes too, somewhere in a long text: they count where they stand alone, or are much of it. */
const SHORT_PLACEHOLDER = /sample|dummy|fake|insert|todo|fixme|lorem|x{4,}|your/gi;
const MUCH = 0.25;
/** A reference to where the secret is, and not it: closed as it was opened, so that chance does not write it. */
const REFERENCE =
  /^\$(?:[A-Za-z_]\w*(?:$|\[|->|::)|[A-Z_]{3,}\b|\([^()]*\)|\{)|\$\{\s*[\w.:|-]+|\{\{[^{}]*(?:\}\}|$)|^%\w+%$|^<[^<>]*>$|^<[\w -]*$|^\[[^\]]*\]$|(?<![^\s:/@=])%[sdv](?![^\s:/@=])|^@[A-Za-z][\w.:-]*$|#\{[^{}]*\}|\*{4}|\.{4}|^process\.env|^os\.|^(?:env|var|vault|op|secretref|arn|file|https?):/i;
/** Of words, and not of what chance makes. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4}){1,16}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** One character, or few, over and over; a row of the alphabet or of digits. */
const REPEATED = /^(.{1,4}?)\1{2,}.?$|(.)\2{5,}/s;
const ROWS = [
  '0123456789012345678901234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  '9876543210',
];
const ROW_LENGTH = 8;
const PIECES = new Set(
  ROWS.flatMap((row) => Array.from({ length: row.length - ROW_LENGTH + 1 }, (_, at) => row.slice(at, at + ROW_LENGTH))),
);

/** Why a text is written in place of a secret, or undefined. */
export function placeholder(text: string): string | undefined {
  if (REFERENCE.test(text)) return 'It refers to a secret that is elsewhere.';
  if (PLACEHOLDER.test(text) || shortPlaceholder(text))
    return 'It holds a word that people write in place of a secret.';
  if (REPEATED.test(text)) return 'It repeats itself.';
  const wrapped = BASE64.test(text) ? Buffer.from(text, 'base64').toString('latin1').trim() : '';
  if (/^[ -~]+$/.test(wrapped) && placeholder(wrapped) !== undefined)
    return 'It is what people write in place of a secret, in base64.';
  const small = text.toLowerCase();
  for (let at = 0; at + ROW_LENGTH <= small.length; at++)
    if (PIECES.has(small.slice(at, at + ROW_LENGTH)))
      return 'It counts through the alphabet, the digits or the keyboard.';
  return undefined;
}

function shortPlaceholder(text: string): boolean {
  return [...text.matchAll(SHORT_PLACEHOLDER)].some(({ 0: word, index }) => {
    const alone = !/[0-9A-Za-z]/.test(text[index - 1] ?? '') && !/[0-9A-Za-z]/.test(text[index + word.length] ?? '');
    return alone || word.length >= MUCH * text.length;
  });
}

const TEST_FOLDER =
  /(?:^|\/)(?:__)?(?:tests?|specs?|fixtures?|test[-_]?(?:data|fixtures|resources)|mocks?|snapshots?|e2e|cypress)(?:__)?(?:\/|$)/i;
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
