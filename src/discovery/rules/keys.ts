import {
  BASE62,
  BASE64,
  BASE64URL,
  chars,
  LOWER_ALNUM,
  LOWER_HEX,
  madeBy,
  oneOf,
  optional,
  sequence,
  type Chance,
  type Grammar,
} from '../domain/grammar.js';
import type { Rule } from '../domain/rule.js';
import { around, assigned, family, glued, token } from './family.js';

/** RFC 7468, and as it stands in a string of a program: lines of base 64, headers of RFC 1421, escapes. */
function block(label: string, least: number): Grammar {
  const body: Grammar = {
    ...chars('\\s', least),
    source: `(?:[^-]|-(?!----)){${least},16000}?`,
    longest: 16_000,
    make: (chance) => `\n${lines(chance, least)}\n`,
  };
  return sequence(`-----BEGIN ${label}-----`, body, `-----END ${label}-----`);
}

function lines(chance: Chance, least: number): string {
  const count = Math.ceil(least / 64) + Math.floor(chance() * 12);
  return Array.from({ length: count }, () => chars(BASE64, 64).make(chance)).join('\n');
}

function pem(id: string, name: string, label: string, least: number, page: string, rest: Partial<Rule> = {}) {
  return {
    id,
    name,
    kind: 'private-key' as const,
    page,
    reveals: 'the public key',
    shape: glued(block(label, least)),
    ...rest,
  };
}

const PKCS8 = 'https://www.rfc-editor.org/rfc/rfc7468#section-10';
const OPENSSL = 'https://docs.openssl.org/3.4/man1/openssl-rsa/';
const OPENSSH = 'https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key';

const pems = family(
  { vendor: 'PEM', page: PKCS8 },
  pem('private-key-pkcs8', 'private key (PKCS #8)', 'PRIVATE KEY', 60, PKCS8),
  pem(
    'private-key-pkcs8-encrypted',
    'encrypted private key (PKCS #8)',
    'ENCRYPTED PRIVATE KEY',
    100,
    'https://www.rfc-editor.org/rfc/rfc7468#section-11',
    { reveals: null },
  ),
  pem('private-key-rsa', 'RSA private key (PKCS #1)', 'RSA PRIVATE KEY', 250, OPENSSL),
  pem('private-key-ec', 'EC private key', 'EC PRIVATE KEY', 100, 'https://www.rfc-editor.org/rfc/rfc5915#section-4'),
  pem('private-key-dsa', 'DSA private key', 'DSA PRIVATE KEY', 250, 'https://docs.openssl.org/3.4/man1/openssl-dsa/'),
  pem('private-key-openssh', 'OpenSSH private key', 'OPENSSH PRIVATE KEY', 200, OPENSSH, { vendor: 'OpenSSH' }),
  pem(
    'private-key-ssh2',
    'private key of SSH.com',
    'SSH2 ENCRYPTED PRIVATE KEY',
    200,
    'https://www.ssh.com/academy/ssh/keygen',
    { vendor: 'SSH', reveals: null, basis: 'observed' },
  ),
  pem(
    'private-key-pgp',
    'OpenPGP private key block',
    'PGP PRIVATE KEY BLOCK',
    200,
    'https://www.rfc-editor.org/rfc/rfc9580#section-6.2.1',
    { vendor: 'OpenPGP', reveals: 'the user id and the fingerprint' },
  ),
  pem(
    'private-key-cosign',
    'encrypted signing key of Sigstore',
    'ENCRYPTED SIGSTORE PRIVATE KEY',
    200,
    'https://docs.sigstore.dev/cosign/key_management/signing_with_self-managed_keys/',
    { vendor: 'Sigstore', reveals: null },
  ),
  pem(
    'private-key-cosign-old',
    'encrypted signing key of cosign',
    'ENCRYPTED COSIGN PRIVATE KEY',
    200,
    'https://docs.sigstore.dev/cosign/key_management/signing_with_self-managed_keys/',
    { vendor: 'Sigstore', reveals: null },
  ),
  pem('private-key-any', 'private key', 'ANY PRIVATE KEY', 60, 'https://www.rfc-editor.org/rfc/rfc5958', {
    basis: 'observed',
  }),
  pem(
    'nats-user-credentials',
    'user seed of a credentials file',
    'USER NKEY SEED',
    50,
    'https://docs.nats.io/using-nats/developer/connecting/creds',
    {
      vendor: 'NATS',
      shape: glued(
        '-----BEGIN USER NKEY SEED-----',
        chars('\\s', 1, 4),
        'SU',
        chars('A-Z2-7', 56),
        chars('\\s', 1, 4),
        oneOf('------END', '-----END'),
        ' USER NKEY SEED-----',
      ),
      secret: (text) => [text.indexOf('SU', 30), text.indexOf('SU', 30) + 58],
    },
  ),
);

/** Three parts, the first two objects: RFC 7519 §3.1. The signature of HS256 has 43 characters, ES256's 86, RS256's 342. */
export const jwt: Grammar = madeBy(
  sequence('eyJ', chars(BASE64URL, 14, 2000), '.eyJ', chars(BASE64URL, 14, 6000), '.', chars(BASE64URL, 40, 1400)),
  (chance) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = 1_900_000_000 + Math.floor(chance() * 1e7);
    return `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ sub: chars(LOWER_ALNUM, 12).make(chance), iss: 'https://id.example', exp: now })}.${chars(BASE64URL, 86).make(chance)}`;
  },
);

export const keys = [
  ...pems,
  ...family(
    { vendor: 'PuTTY', page: 'https://the.earth.li/~sgtatham/putty/0.81/htmldoc/AppendixC.html' },
    {
      id: 'private-key-putty',
      name: 'private key',
      kind: 'private-key',
      reveals: 'the public key and the comment',
      shape: token(
        oneOf('PuTTY-User-Key-File-2: ', 'PuTTY-User-Key-File-3: '),
        {
          ...chars('\\s', 150),
          source: String.raw`(?:[^P]|P(?!uTTY-User)){150,12000}?Private-MAC: `,
          longest: 12_000,
          make: (chance) => {
            const public_ = lines(chance, 64);
            return `ssh-ed25519\r\nEncryption: none\r\nComment: deploy\r\nPublic-Lines: 2\r\n${public_}\r\nPrivate-Lines: 1\r\n${chars(BASE64, 44).make(chance)}\r\nPrivate-MAC: `;
          },
        },
        chars(LOWER_HEX, 40, 64),
      ),
    },
  ),
  ...family(
    { vendor: 'age', page: 'https://github.com/C2SP/C2SP/blob/main/age.md' },
    {
      id: 'age-secret-key',
      name: 'identity (secret key)',
      kind: 'private-key',
      reveals: 'the recipient',
      shape: token('AGE-SECRET-KEY-1', chars('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)),
    },
    {
      id: 'age-secret-key-pq',
      name: 'post-quantum identity (secret key)',
      kind: 'private-key',
      basis: 'observed',
      shape: token('AGE-SECRET-KEY-PQ-1', chars('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)),
    },
  ),
  ...family(
    { vendor: 'minisign', page: 'https://jedisct1.github.io/minisign/' },
    {
      id: 'minisign-secret-key',
      name: 'secret key',
      kind: 'private-key',
      reveals: 'the id of the key',
      shape: token('RWRTY0Iy', chars(BASE64, 204)),
    },
  ),
  ...family(
    { vendor: 'Nostr', page: 'https://github.com/nostr-protocol/nips/blob/master/19.md' },
    {
      id: 'nostr-private-key',
      name: 'private key (nsec)',
      kind: 'private-key',
      reveals: 'the public key',
      shape: token('nsec1', chars('023456789acdefghjklmnpqrstuvwxyz', 58)),
    },
  ),
  ...family(
    { vendor: 'Bitcoin', page: 'https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki' },
    {
      id: 'bitcoin-extended-private-key',
      name: 'extended private key (BIP 32)',
      kind: 'private-key',
      reveals: 'the extended public key',
      shape: token(oneOf('xprv', 'yprv', 'zprv', 'tprv'), chars('1-9A-HJ-NP-Za-km-z', 107)),
    },
  ),
  ...family(
    { vendor: 'Ethereum', page: 'https://ethereum.org/en/developers/docs/accounts/' },
    {
      id: 'ethereum-private-key',
      name: 'private key',
      kind: 'private-key',
      reveals: 'the address',
      shape: assigned(
        [
          'eth_private_key',
          'ethereum_private_key',
          'deployer_private_key',
          'wallet_private_key',
          'metamask_private_key',
          'evm_private_key',
          'account_private_key',
          'owner_private_key',
          'signer_private_key',
        ],
        optional('0x'),
        chars('0-9a-fA-F', 64),
      ),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'JWT', page: 'https://www.rfc-editor.org/rfc/rfc7519#section-3.1' },
    {
      id: 'jwt',
      name: 'JSON Web Token',
      kind: 'session',
      reveals: 'issuer, subject, audience and expiry',
      shape: token(jwt),
      entropy: 4,
    },
    {
      id: 'jwk-private-key',
      name: 'private JSON Web Key',
      kind: 'private-key',
      page: 'https://www.rfc-editor.org/rfc/rfc7517#section-9.3',
      reveals: 'the public key and its id',
      shape: around(['"d":"', '"d": "'], '"d":', optional(' '), '"', chars(BASE64URL, 42, 700), '"'),
      secret: (text) => [text.indexOf('"', 4) + 1, text.length - 1],
      entropy: 3.8,
    },
    {
      id: 'jwk-symmetric-key',
      name: 'symmetric JSON Web Key',
      kind: 'signing-secret',
      page: 'https://www.rfc-editor.org/rfc/rfc7518#section-6.4.1',
      shape: around(
        ['"kty":"oct"', '"kty": "oct"'],
        '"kty":',
        optional(' '),
        '"oct",',
        chars('\\s', 0, 8),
        madeBy(chars('!-~ ', 0, 120), () => '"use":"sig",'),
        '"k":',
        optional(' '),
        '"',
        chars(BASE64URL, 22, 200),
        '"',
      ),
      secret: (text) => [text.lastIndexOf('"', text.length - 2) + 1, text.length - 1],
      entropy: 3.5,
    },
  ),
  ...family(
    { vendor: 'one-time passwords', page: 'https://github.com/google/google-authenticator/wiki/Key-Uri-Format' },
    {
      id: 'otpauth-url',
      name: 'seed of one-time passwords',
      kind: 'password',
      reveals: 'the issuer and the account',
      shape: token(
        oneOf('otpauth://totp/', 'otpauth://hotp/'),
        chars(`${BASE62}%@.:_+\\-`, 1, 150),
        '?',
        optional(sequence('issuer=', chars(`${BASE62}%._+\\-`, 1, 40), '&')),
        'secret=',
        chars('A-Z2-7a-z', 16, 128),
      ),
      secret: (text) => [text.indexOf('secret=') + 7, text.length],
      entropy: 2.8,
    },
  ),
];
