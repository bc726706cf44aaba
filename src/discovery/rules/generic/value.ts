import { isChosen } from '../../domain/chosen.js';
import { isPlainValue } from '../../domain/plain-value.js';
import type { Surroundings } from '../../domain/rule.js';
import { wordiness } from '../../domain/wordiness.js';

/** The name a value is given, whole: `DB_PASSWORD_FILE` of `export DB_PASSWORD_FILE="`. */
const NAME = /([A-Za-z_][\w.-]*)\W*$/;
const NAME_REACH = 100;
/** What holds a value, and is not its name. */
const BESIDE =
  /\W+(?:value|default)\W*$|<\/[\w:.-]+>\s*<\w[\w-]*>$|:\s{0,4}&?(?:'\w+\s)?[A-Za-z_][\w.<>[\]?]*\s=\s*["'`]$/i;
/** A name that ends so tells of a secret, and does not hold it. */
const ABOUT =
  /(?:hash|hashed|digest|length|len|size|min|max|count|limit|url|uri|path|file|filename|dir|name|names|id|ids|field|label|type|kind|policy|reset|expir\w*|ttl|timeout|age|date|at|regex|pattern|format|prefix|suffix|header|param|params|placeholder|hint|help|text|title|message|error|errors|description|strength|confirm\w*|change\w*|salt|version|algorithm|algo|method|provider|manager|mgr|service|store|storage|generator|validator|encoder|selector|input|button|form|page|view|route|endpoint|enabled|disabled|required|visible|is|has|arn|ref|usage|scope|scopes|grant|class|color|position|index|list|array|set|map|public|publishable|public_key|env|var|variable|template|model|hasher|authentication|encryption|issuer|audience|alphabet|chars?et|mask|backend|engine|lambda|rate|topic|bucket|line|sep|separator|char|chars)s?$/i;
/** A name that holds one of these tells of what is public, or of another thing's digest. */
const OF_PUBLIC = /public[_.-]?key|checksum|fingerprint|sha-?(?:1|2\d\d|384|512)(?!\d)/i;
/** What says where the secret is, and is not it. */
const REFERENCE =
  /^__[A-Z]\w*__$|^\$|\$\{|\$\(|\{\{|#\{|<%|%\(|^%[\w-]+%$|^<|>$|^@[\w.]+$|^!(?:Ref|Sub|GetAtt)|^&|^\*|process\.env|os\.(?:environ|getenv)|^(?:ENV|env|var|local|secrets?|vault|ssm|arn|op|ref|data|file|classpath|bao|sops|kms|azurekeyvault|gcpsm|awssm)[.:[]|^resolve:/;
/** Words of the language, of a schema, of a form. */
const WORD =
  /^(?:true|false|yes|no|on|off|null|nil|none|undefined|required|optional|string|str|text|bytes?|int|integer|number|bool(?:ean)?|object|any|password|passwd|secret|token|default|unset|empty|auto|enabled|disabled|hidden|masked|redacted|basic|bearer|plain(?:text)?|unknown|n\/a|self|this|request|response|user|admin|root)$/i;
/** Letters alone, as an identifier, a key of translations or a phrase has them. */
const IDENTIFIER = /^[A-Za-z]+(?:[._:/ -]+[A-Za-z]+)*[.:!?]?$/;
/** Of the letters, as `wordiness` counts them. */
const SOME_WORDS = 0.4;
/** Words with a separator and at most a number at the end, one of which is what secrets are called: the name of something. */
const NAMED = /^[A-Za-z]+(?:[._:/-]+[A-Za-z]+)+[._:/-]*(?:v?\d{1,4})?$/;
const OF_SECRETS = /pass(?:w|code|phrase)|secret|token|credential|(?:^|[^a-z]|api|access)keys?(?![a-z])|auth/i;
/** A rule of a validator: `required|size:32`. */
const VALIDATOR = /^[a-z_]+(?:[:|][\w,]+)*\|[a-z_]+(?:[:|][\w,]+)*$/;
/** What stands between two texts of a program, where a quote that closes was taken for one that opens. */
const BETWEEN = /^[),;\]]|^\.\$|&&|\|\||=>|\)[.,;]/;
/** Of a map, in which it names what follows. */
const KEY_OF_MAP = /^["'`]\s*(?:=>|:(?!:))/;
/** Within a template, behind a pipe of a shell or a variable in a list. */
const NOT_GIVEN = /\{\{[^}]*$|\|[\s{(]*$|\$\{?[\w.-]+\}?,$/;
/** The name of a thing in a cloud that is not at its end. */
const WITHIN_NAME = /\barn:[^\s"']*$/;
/** Texts that people read, in whatever language. */
const TRANSLATIONS =
  /(?:^|\/)(?:locales?|i18n|l10n|lang|languages?|translations?)\/|(?:^|\/)(?:locale|messages|strings|translations?)[_.-][^/]*$|\.(?:po|xlf|xliff|resx|strings|arb)$/i;
/** A date, a version. */
const DATED = /^\d{4}-\d\d-\d\d|^v?\d+(?:\.\d+)+/;
const COMMENT = /^\s*(?:#|\/\/|\/?\*|--|;)/;
const MEMBER = /^[A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]*)+$/;
/** Files in which a text without quotes is code: a variable, a call, a type. */
const CODE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|pyi|rb|erb|haml|slim|go|rs|java|kt|kts|scala|groovy|gradle|cs|vb|fs|c|h|cc|cpp|hpp|m|mm|swift|php|pl|pm|lua|r|jl|ex|exs|erl|hs|ml|clj|cljs|dart|sol|zig|nim|cr|html?|css|scss|less|graphql|proto|ipynb|tf|hcl|md|mdx|rst|adoc)$/i;

/**
 * Whether a value that only its name speaks for is no secret: a reference, a word, a path, a piece of a program.
 *
 * @param least of a mixture a value needs: `password` may be any, `key` must look made by chance
 */
export function isNoSecret(text: string, where: Surroundings, least: 'password' | 'key'): boolean {
  const quoted = /["'`]$/.test(where.before);
  // What says no to most comes first, what is asked of more than the value last.
  return (
    (least === 'key' && !isMixed(text)) ||
    WORD.test(text) ||
    REFERENCE.test(text) ||
    isPlainValue(text) ||
    isExpression(text, where, quoted) ||
    /\{[^{}]*\}|<[^<>]*>|^[{}>]|[{<]$|%[sdv]|\\[a-z]/.test(text) ||
    // What a tool encrypted it writes in braces.
    (where.before.endsWith('{') && where.after.startsWith('}')) ||
    (/[\u0080-\uffff]/.test(text) && !/\d/.test(text)) ||
    (NAMED.test(text) && OF_SECRETS.test(text)) ||
    VALIDATOR.test(text) ||
    // Letters alone may be chance, too: then they make no words.
    (IDENTIFIER.test(text) && wordiness(text) > SOME_WORDS) ||
    isTranslation(text, where.path) ||
    WITHIN_NAME.test(where.before) ||
    isAbout(where.before)
  );
}

/** Letters with digits or signs, chosen or made by chance: where less than a name speaks for it. */
export function isMadeUp(text: string): boolean {
  if (DATED.test(text)) return false;
  return isChosen(text) || (wordiness(text) < SOME_WORDS && /[A-Za-z]/.test(text) && /[^A-Za-z._/-]/.test(text));
}

function isTranslation(text: string, path: string | null): boolean {
  return path !== null && TRANSLATIONS.test(path) && !isMixed(text);
}

function isAbout(before: string): boolean {
  const name = NAME.exec(before.slice(-NAME_REACH).replace(BESIDE, ''))?.[1];
  return name !== undefined && (ABOUT.test(wordsOf(name)) || OF_PUBLIC.test(before.slice(-NAME_REACH)));
}

/** The last of the words of a name, whatever separates them. */
function wordsOf(name: string): string {
  return (
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
      .split(/[^A-Za-z0-9]+/)
      .filter(Boolean)
      .at(-1) ?? name
  );
}

function isExpression(text: string, { before, after, path }: Surroundings, quoted: boolean): boolean {
  if (quoted) return /\s/.test(text) || BETWEEN.test(text) || KEY_OF_MAP.test(after) || /^[#.][A-Za-z-]+$/.test(text);
  if (NOT_GIVEN.test(before)) return true;
  const isCode = path !== null && CODE.test(path);
  if (/^\s*[([]/.test(after) || /^[!=<>-]/.test(text)) return true;
  if (MEMBER.test(text) && (isCode || path === null || !isChosen(text))) return true;
  return isCode && !isWrittenOut(text, before, after);
}

/** Whether it stands in a text or a comment of a program, not in its code, and looks like a secret by itself. */
function isWrittenOut(text: string, before: string, after: string): boolean {
  const inText = /^\\?["'`]|^&\w+=/.test(after) && /["'`]/.test(before);
  const inComment = COMMENT.test(before) && /^\s*(?:\*\/)?\s*$/.test(after);
  return (inText || inComment) && (wordiness(text) < SOME_WORDS ? isMixed(text) : isChosen(text));
}

/** Digits and letters both, as nearly all that programs make by chance have. */
function isMixed(text: string): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text) && !DATED.test(text);
}
