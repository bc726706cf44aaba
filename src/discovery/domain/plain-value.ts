import { wordiness } from './wordiness.js';

/** Base64 may begin with a stroke, and is no path then. */
const BASE64_TEXT = /^[0-9A-Za-z+/]{40,}={0,2}$/;
const MOST_WORDS = 0.4;
const LOCATION =
  /^(?:\.{0,2}|~|[A-Za-z]:)[/\\]|:\/\/|^unix:|\.(?:pem|key|crt|cer|json|ya?ml|txt|p12|pfx|jks|env|conf|cfg|ini|js|ts|py|rb|go|java|php|html?|xml|md|png|svg|css)$/i;
/** A machine and its port. */
const ADDRESS = /^[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}:\d{2,5}$/;
const DATE = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]{4,18}(?:Z|[+-]\d\d:?\d\d)?)?$/;
/** One, or a range of them as packages are asked for. */
const VERSION = /^(?:[a-z]{2,12}:)?[~^<>=v]{0,3}\d{1,5}(?:\.\d{1,6}){1,3}(?:[-+][\w.-]{1,40})?$/;
/** A number, or an address on a chain of blocks. */
const HEXADECIMAL = /^0x(?:[0-9A-Fa-f]{1,16}|[0-9A-Fa-f]{40})$/;
/** Each part is read in one way alone, whatever follows it. */
const ALGORITHM =
  /^(?=\D*[A-Za-z]{2})(?:(?:PBKDF|PBE|HMAC|SHA|MD|AES|DES|ede|RSA|DSA|DH|EdDSA|ed|ES|EC|RS|HS|PS|OAEP|GCM|CBC|CTR|ECB|PKCS|Padding|NoPadding|bcrypt|argon|id|scrypt|ChaCha|Poly|with|and|\d{1,5}(?!\d))[-_/.]?){1,16}$/i;
/** What a tool encrypted, and only it can read. */
const ENCRYPTED = /^ENC[[(]|^\{cipher\}|^vault:v\d+:|^\$ANSIBLE_VAULT/;
/** What names a thing in a cloud, a header of HTTP. */
const NAME = /^(?:arn|urn):[\w-]|^projects\/[\w-]{1,64}\/secrets\/|^X(?:-[A-Z][a-z]{1,20}){1,4}$/;

/** Whether a value says by its own form what it is, and that is no secret: a path, an address, a date, a version, an algorithm. */
export function isPlainValue(text: string): boolean {
  return (
    isLocation(text) ||
    ADDRESS.test(text) ||
    DATE.test(text) ||
    VERSION.test(text) ||
    HEXADECIMAL.test(text) ||
    ALGORITHM.test(text) ||
    ENCRYPTED.test(text) ||
    NAME.test(text)
  );
}

function isLocation(text: string): boolean {
  return LOCATION.test(text) && !(BASE64_TEXT.test(text) && wordiness(text) < MOST_WORDS);
}
