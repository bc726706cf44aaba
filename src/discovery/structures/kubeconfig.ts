import { certificateClue, readCertificate } from '../identities/certificate.js';
import { readKeyNames } from '../identities/private-key.js';
import { clueOf, sentence } from '../identities/reader.js';
import type { Clue } from '../domain/finding.js';
import { items, member, type PlacedJson, readPlacedJson, textOf } from './placed-json.js';
import { readPlacedYaml } from './placed-yaml.js';
import { STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, isReference, placedText } from './text.js';

const MAX_BYTES = 2 * 1024 * 1024;
const PATH = /(?:^|\/)(?:[^/]*kube-?config[^/]*|(?:\.kube|kube)\/[^/]*|config|[^/]*\.(?:ya?ml|conf|config))$/i;

/**
 * Users of clusters: keys, certificates, tokens and passwords, each with the cluster that its context names.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export const kubeconfig: Structure = {
  name: 'kubeconfig',
  byPath: (path) => PATH.test(path),
  recognises: (bytes) => holds(bytes, 'clusters', 'users', 'kind', 'Config'),
  read: (bytes, _path, at, yaml) => {
    const text = placedText(bytes, MAX_BYTES);
    const documents = text.trimStart().startsWith('{')
      ? [readPlacedJson(text)]
      : readPlacedYaml(text, /\bkind['"]?\s{0,8}:\s{0,8}['"]?Config\b/, yaml);
    return documents
      .filter((document) => textOf(member(document, 'kind')) === 'Config')
      .flatMap((document) => usersOf(document, at));
  },
};

function usersOf(config: PlacedJson, at: Date): readonly StructuredCandidate[] {
  const servers = new Map(
    items(member(config, 'clusters')).map((entry) => [
      textOf(member(entry, 'name')),
      textOf(member(entry, 'cluster', 'server')),
    ]),
  );
  return items(member(config, 'users')).flatMap((entry) => {
    const name = textOf(member(entry, 'name'));
    const context = items(member(config, 'contexts')).find((item) => textOf(member(item, 'context', 'user')) === name);
    const cluster = textOf(member(context, 'context', 'cluster'));
    const server = servers.get(cluster) ?? (servers.size === 1 ? [...servers.values()][0] : undefined);
    return secretsOf(member(entry, 'user'), kubeClue(name, cluster, server), at);
  });
}

function kubeClue(user: string | undefined, cluster: string | undefined, server: string | undefined): Clue {
  const host = server
    ?.replace(/^https?:\/\//i, '')
    .split('/')[0]
    ?.toLowerCase();
  const words = sentence('Kubernetes user', user, host ? `at ${host}` : cluster && `of cluster ${cluster}`);
  return clueOf('kubeconfig', words, { user, cluster, server: host });
}

function secretsOf(user: PlacedJson | undefined, clue: Clue, at: Date): readonly StructuredCandidate[] {
  const certificate = member(user, 'client-certificate-data');
  const found = certificate?.kind === 'text' ? readCertificate(Buffer.from(certificate.value, 'base64')) : null;
  const of = found ? [certificateClue(found, at)] : [];
  return SECRETS.flatMap(({ names, encoded }) => {
    const value = member(user, ...names);
    if (value?.kind !== 'text' || value.value.length < 4 || isReference(value.value)) return [];
    const secret = encoded ? Buffer.from(value.value, 'base64').toString('utf8') : value.value;
    const within = encoded ? ['kubeconfig', 'base64'] : ['kubeconfig'];
    const kind = encoded ? 'private-key' : names[0] === 'password' ? 'password' : 'token';
    const login = names[0] === 'password' ? loginClue(user, clue) : clue;
    const clues = encoded ? [login, ...of.filter(({ facts }) => facts['spkiSha256'] === spkiOf(secret))] : [login];
    return [
      { rule: { ...STRUCTURED.kubeconfig, kind } as const, secret, start: value.start, end: value.end, clues, within },
    ];
  });
}

const SECRETS = [
  { names: ['client-key-data'], encoded: true },
  { names: ['token'], encoded: false },
  { names: ['password'], encoded: false },
  { names: ['auth-provider', 'config', 'id-token'], encoded: false },
  { names: ['auth-provider', 'config', 'access-token'], encoded: false },
  { names: ['auth-provider', 'config', 'refresh-token'], encoded: false },
  { names: ['auth-provider', 'config', 'client-secret'], encoded: false },
] as const;

function spkiOf(pem: string): string | null {
  return readKeyNames(pem)?.spkiSha256 ?? null;
}

function loginClue(user: PlacedJson | undefined, clue: Clue): Clue {
  const login = textOf(member(user, 'username'));
  return login ? { ...clue, facts: { ...clue.facts, login } } : clue;
}
