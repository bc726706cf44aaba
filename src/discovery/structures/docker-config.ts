import { userOf } from '../identities/basic-auth.js';
import { registryClue } from './kubernetes-secret.js';
import { member, type PlacedJson, readPlacedJson } from './placed-json.js';
import { STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, nameOf, placedText } from './text.js';

const MAX_BYTES = 1024 * 1024;
const PATH =
  /(?:^|\/)(?:\.docker\/config\.json|\.?dockercfg|\.dockerconfigjson|docker-config\.json|auth\.json|config\.json)$/i;

/**
 * Logins to registries, as `docker login` stores them: `auth` is base64 of user and password.
 *
 * @see https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export const dockerConfig: Structure = {
  name: 'docker-config',
  byPath: (path) => PATH.test(path),
  recognises: (bytes) => holds(bytes, '"auth') || holds(bytes, '"identitytoken"'),
  read: (bytes, path) => {
    const config = readPlacedJson(placedText(bytes, MAX_BYTES));
    const auths = /dockercfg$/i.test(nameOf(path)) ? config : member(config, 'auths');
    if (auths?.kind !== 'object') return [];
    return [...auths.members].slice(0, 256).flatMap(([registry, login]) => loginCandidates(registry, login));
  },
};

function loginCandidates(registry: string, login: PlacedJson): readonly StructuredCandidate[] {
  const auth = member(login, 'auth');
  const user = auth?.kind === 'text' ? userOf(auth.value) : undefined;
  const clues = [registryClue(registry, user)];
  const rule = STRUCTURED.dockerConfig;
  const tokens = ['identitytoken', 'registrytoken', 'password'].flatMap((name) => {
    const token = member(login, name);
    if (token?.kind !== 'text' || token.value.length < 4) return [];
    return [{ rule, secret: token.value, start: token.start, end: token.end, clues, within: ['docker-config'] }];
  });
  if (auth?.kind !== 'text' || !user) return tokens;
  const password = Buffer.from(auth.value, 'base64')
    .toString('utf8')
    .slice(user.length + 1)
    .replace(/\0+$/, '');
  // `docker login` with an identity token leaves this user and no password.
  if (password === '' || user === '<token>') return tokens;
  const place = { start: auth.start, end: auth.end, within: ['docker-config', 'base64'] };
  return [{ rule, secret: password, clues, ...place }, ...tokens];
}
