import type { Surroundings } from '../../domain/rule.js';
import { wordiness } from '../../domain/wordiness.js';

/** The name a value is given, whole: `DB_PASSWORD_FILE` of `export DB_PASSWORD_FILE="`. */
const NAME = /([A-Za-z_][\w.-]*)\W*$/;
const NAME_REACH = 100;
/** A name that ends so tells of a secret, and does not hold it. */
const ABOUT =
  /(?:hash|hashed|digest|length|len|size|min|max|count|limit|url|uri|path|file|filename|dir|name|names|id|ids|field|label|type|kind|policy|reset|expir\w*|ttl|timeout|age|date|at|regex|pattern|format|prefix|suffix|header|param|params|placeholder|hint|help|text|title|message|error|errors|description|strength|confirm\w*|change\w*|salt|version|algorithm|algo|method|provider|manager|service|store|storage|generator|validator|encoder|selector|input|button|form|page|view|route|endpoint|enabled|disabled|required|visible|is|has|arn|ref|usage|scope|scopes|grant|class|color|position|index|list|array|set|map|public|publishable|public_key|env|var|variable|line|sep|separator|char|chars)s?$/i;
/** What says where the secret is, and is not it. */
const REFERENCE =
  /^\$|\$\{|\$\(|\{\{|#\{|<%|%\(|^%[\w-]+%$|^<|>$|^@[\w.]+$|^!(?:Ref|Sub|GetAtt)|^&|^\*|process\.env|os\.(?:environ|getenv)|^(?:ENV|env|var|local|secrets?|vault|ssm|arn|op|ref|data|file|classpath|bao|sops|kms|azurekeyvault|gcpsm|awssm)[.:[]|^resolve:/;
const LOCATION =
  /^(?:\.{0,2}|~|[A-Za-z]:)[/\\]|:\/\/|\.(?:pem|key|crt|cer|json|ya?ml|txt|p12|pfx|jks|env|conf|cfg|ini|js|ts|py|rb|go|java|php|html?|xml|md|png|svg|css)$/i;
/** Words of the language, of a schema, of a form. */
const WORD =
  /^(?:true|false|yes|no|on|off|null|nil|none|undefined|required|optional|string|str|text|bytes?|int|integer|number|bool(?:ean)?|object|any|password|passwd|secret|token|default|unset|empty|auto|enabled|disabled|hidden|masked|redacted|basic|bearer|plain(?:text)?|unknown|n\/a|self|this|request|response|user|admin|root)$/i;
/** Letters alone, as an identifier, a key of translations or a phrase has them. */
const IDENTIFIER = /^[A-Za-z]+(?:[._:/ -]+[A-Za-z]+)*[.:!?]?$/;
/** Of the letters, as `wordiness` counts them. */
const SOME_WORDS = 0.4;
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
  return (
    isAbout(where.before) ||
    REFERENCE.test(text) ||
    LOCATION.test(text) ||
    WORD.test(text) ||
    isExpression(text, where, quoted) ||
    /[{}<>]|%[sdv]|\\[a-z]/.test(text) ||
    // Letters alone may be chance, too: then they make no words.
    (IDENTIFIER.test(text) && wordiness(text) > SOME_WORDS) ||
    (least === 'key' && !isMixed(text))
  );
}

function isAbout(before: string): boolean {
  const name = NAME.exec(before.slice(-NAME_REACH))?.[1];
  return name !== undefined && ABOUT.test(wordsOf(name));
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

function isExpression(text: string, { after, path }: Surroundings, quoted: boolean): boolean {
  if (quoted) return /\s/.test(text) || /^[#.][A-Za-z-]+$/.test(text);
  return /^\s*[([]/.test(after) || MEMBER.test(text) || /^[!=<>]/.test(text) || (path !== null && CODE.test(path));
}

/** Digits and letters both, as nearly all that programs make by chance have. */
function isMixed(text: string): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text) && !/^\d{4}-\d\d-\d\d/.test(text) && !/^v?\d+(?:\.\d+)+/.test(text);
}
