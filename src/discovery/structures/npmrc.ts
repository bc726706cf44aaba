import { userOf } from '../identities/basic-auth.js';
import { clueOf } from '../identities/reader.js';
import { STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, isReference, linesOf, nameOf, placedText, utf8 } from './text.js';

const MAX_BYTES = 256 * 1024;
const LINE =
  /^\s{0,16}(?:(\/\/[^\s:=]{1,256}(?::\d{1,5})?[^\s:=]{0,256}):)?(_authToken|_auth|_password|username)\s{0,16}=\s{0,16}["']?([^\s"'#;]{1,4096})/;
const YARN = /^\s{0,16}(npmAuthToken|npmAuthIdent):\s{1,16}["']?([^\s"']{1,4096})/;
const DEFAULT_REGISTRY = 'registry.npmjs.org';

interface Login {
  user?: string;
  readonly secrets: {
    readonly kind: 'token' | 'auth' | 'password';
    readonly written: string;
    readonly start: number;
  }[];
}

/**
 * Tokens and passwords of package registries: `_authToken` as it is, `_auth` base64 of user and password, `_password` base64.
 *
 * @see https://docs.npmjs.com/cli/configuring-npm/npmrc
 */
export const npmrc: Structure = {
  name: 'npmrc',
  byPath: (path) => /^(?:\.?npmrc|.{0,64}\.npmrc|\.yarnrc\.yml)$/.test(nameOf(path)),
  recognises: (bytes) => holds(bytes, '_auth') || holds(bytes, '_password') || holds(bytes, 'npmAuth'),
  read: (bytes) => {
    const logins = new Map<string, Login>();
    for (const { text, start } of linesOf(placedText(bytes, MAX_BYTES))) {
      const [, registry, field, written] = LINE.exec(text) ?? yarnLine(text) ?? [];
      if (!written || isReference(written)) continue;
      const host = (registry ?? DEFAULT_REGISTRY).replace(/^\/\//, '').replace(/\/+$/, '').toLowerCase();
      const login = logins.get(host) ?? { secrets: [] };
      logins.set(host, login);
      if (field === 'username') login.user = utf8(written);
      else login.secrets.push({ kind: KINDS[field!]!, written, start: start + text.indexOf(written) });
    }
    return [...logins].flatMap(([host, login]) => login.secrets.map((secret) => candidate(host, login.user, secret)));
  },
};

const KINDS: Readonly<Record<string, 'token' | 'auth' | 'password'>> = {
  _auth: 'auth',
  _authToken: 'token',
  _password: 'password',
};

function yarnLine(text: string): readonly (string | undefined)[] | undefined {
  const [, name, written] = YARN.exec(text) ?? [];
  return name ? [undefined, undefined, name === 'npmAuthToken' ? '_authToken' : '_auth', written] : undefined;
}

function candidate(host: string, user: string | undefined, secret: Login['secrets'][number]): StructuredCandidate {
  const { kind, written, start } = secret;
  const place = { start, end: start + written.length };
  const whose = kind === 'auth' ? userOf(written) : user;
  const clue = clueOf('registry', whose ? `registry ${host}, user ${whose}` : `registry ${host}`, {
    host: host.split('/')[0],
    registry: host,
    user: whose,
  });
  if (kind === 'token')
    return { rule: STRUCTURED.npmToken, secret: written, ...place, clues: [clue], within: ['npmrc'] };
  const text = Buffer.from(written, 'base64').toString('utf8');
  const password = kind === 'auth' && whose ? text.slice(whose.length + 1) : text;
  return { rule: STRUCTURED.npmPassword, secret: password, ...place, clues: [clue], within: ['npmrc', 'base64'] };
}
