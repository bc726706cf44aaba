import type { Clue } from '../domain/finding.js';
import { keysCertificates } from '../identities/certificate.js';
import { clueOf } from '../identities/reader.js';
import { userOf } from '../identities/basic-auth.js';
import { variablesOf } from './dotenv.js';
import { items, member, type PlacedJson, type PlacedText, readPlacedJson, textOf } from './placed-json.js';
import { readPlacedYaml } from './placed-yaml.js';
import { ruleFor, STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, isReference, placedText } from './text.js';
import { secretsAmong } from './variables.js';

const MAX_BYTES = 2 * 1024 * 1024;
/** Keys of a Secret that are no secret: certificates, names, places. */
const PUBLIC_KEY =
  /(?:user(?:_?name)?|host(?:_?name)?|account_?name)(?:_in)?$|address$|^(?:.*[._-])?(?:ca\.crt|tls\.crt|.*\.(?:crt|cer|pub)|namespace|type|provider|port|db_?name|database|url|uri|endpoint|email|region|server|engine|adapter|dialect|driver|schema|ssl_?mode|known_hosts|ssh-publickey)$/i;
/** Keys of a Secret that hold an environment file. */
const ENVIRONMENT = /(?:^|[._-])env$/i;
const MIN_CHARACTERS = 4;
/** Of a key (RFC 1123 §2.1, as Kubernetes has it). */
const MOST_OF_KEY = 253;

/**
 * Secrets in Kubernetes manifests, `data` in base64 and `stringData` as it is. A SealedSecret or ExternalSecret holds none.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/
 */
export const kubernetesSecret: Structure = {
  name: 'kubernetes-secret',
  byPath: (path) => /\.(?:ya?ml|json)$/i.test(path),
  recognises: (bytes) => holds(bytes, 'Secret', 'kind', 'ata'),
  read: (bytes, path, at, yaml) => {
    const text = placedText(bytes, MAX_BYTES);
    const documents = /\.json$/i.test(path)
      ? [readPlacedJson(text)]
      : readPlacedYaml(text, /\bkind['"]?\s{0,8}:\s{0,8}['"]?(?:Secret|List)\b/, yaml);
    return documents.flatMap(manifests).flatMap((manifest) => secretsOf(manifest, at));
  },
};

/** Those of a list, too. */
function manifests(document: PlacedJson): readonly PlacedJson[] {
  const kind = textOf(member(document, 'kind'));
  if (kind === 'Secret') return [document];
  return items(member(document, 'items')).filter((item) => textOf(member(item, 'kind')) === 'Secret');
}

function secretsOf(manifest: PlacedJson, at: Date): readonly StructuredCandidate[] {
  const type = textOf(member(manifest, 'type'));
  const metadata = member(manifest, 'metadata');
  const [name, namespace] = ['name', 'namespace'].map((field) => textOf(member(metadata, field)));
  const account = textOf(member(metadata, 'annotations', 'kubernetes.io/service-account.name'));
  const values = [...valuesOf(member(manifest, 'data'), true), ...valuesOf(member(manifest, 'stringData'), false)];
  const certificates = values
    .map(({ secret }) => secret)
    .filter((secret) => secret.includes('BEGIN CERTIFICATE'))
    .join('\n');
  const user = values.find(({ key }) => /^user(?:_?name)?$/i.test(key))?.secret;
  return values
    .filter(({ key, secret }) => isSecret(key, secret))
    .flatMap((value) => {
      const clues: Clue[] = [
        clueOf(
          'kubernetes-secret',
          `Kubernetes Secret ${[namespace, name].filter(Boolean).join('/')}, key ${value.key}`,
          {
            namespace,
            secretName: name,
            key: value.key,
            type,
            serviceAccount: account,
            user,
          },
        ),
        ...(value.secret.includes('PRIVATE KEY') ? keysCertificates(value.secret, certificates, at) : []),
      ];
      const within = value.encoded ? ['kubernetes-secret', 'base64'] : ['kubernetes-secret'];
      const place = {
        rule: ruleFor(STRUCTURED.kubernetesSecret, value.secret),
        start: value.start,
        end: value.end,
        within,
      };
      const logins = /^\.?docker(?:cfg|configjson)$/.test(value.key) ? loginsOf(value.secret) : [];
      if (logins.length === 0 && ENVIRONMENT.test(value.key)) return variablesIn(value.secret, place, clues);
      if (logins.length === 0) return [{ ...place, secret: value.secret, clues }];
      return logins.map((login) => ({ ...place, secret: login.password, clues: [...clues, login.clue] }));
    });
}

/** A whole environment file within the value: each of its secrets stands there. */
function variablesIn(
  text: string,
  place: Omit<StructuredCandidate, 'clues' | 'secret'>,
  clues: readonly Clue[],
): readonly StructuredCandidate[] {
  const variables = variablesOf(Buffer.from(text, 'utf8').toString('latin1'));
  const own = secretsAmong(variables, STRUCTURED.kubernetesSecret, 'dotenv', null);
  return own.map(({ rule, secret, clues: said, within }) => ({
    ...place,
    ...{ rule, secret, clues: [...clues, ...said], within: [...place.within, ...within] },
  }));
}

interface Value {
  readonly key: string;
  readonly secret: string;
  readonly start: number;
  readonly end: number;
  readonly encoded: boolean;
}

function valuesOf(map: PlacedJson | undefined, encoded: boolean): readonly Value[] {
  if (map?.kind !== 'object') return [];
  return [...map.members].flatMap(([key, value]) => {
    if (value.kind !== 'text') return [];
    const secret = encoded ? decoded(value) : value.value;
    return secret === undefined ? [] : [{ key, secret, start: value.start, end: value.end, encoded }];
  });
}

/** Undefined for what is no base64, or no text: a key store in a Secret is no string of characters. */
function decoded({ value }: PlacedText): string | undefined {
  const base64 = value.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]{2,}={0,2}$/.test(base64)) return undefined;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return text.includes('\ufffd') || text.includes('\0') ? undefined : text.trim();
}

function isSecret(key: string, secret: string): boolean {
  if (secret.length < MIN_CHARACTERS || isReference(secret)) return false;
  if (key.length <= MOST_OF_KEY && PUBLIC_KEY.test(key)) return false;
  return !secret.startsWith('-----BEGIN CERTIFICATE-----');
}

/** The logins of a registry's configuration, which is JSON within the value. */
export function loginsOf(json: string): readonly { readonly password: string; readonly clue: Clue }[] {
  let config: PlacedJson;
  try {
    config = readPlacedJson(Buffer.from(json, 'utf8').toString('latin1'));
  } catch {
    return [];
  }
  const auths = member(config, 'auths') ?? config;
  if (auths.kind !== 'object') return [];
  return [...auths.members].slice(0, 64).flatMap(([registry, login]) => {
    const auth = textOf(member(login, 'auth'));
    const user = (auth && userOf(auth)) ?? textOf(member(login, 'username'));
    const ofAuth = auth && Buffer.from(auth, 'base64').toString('utf8').split(':').slice(1).join(':');
    const password = ofAuth || (textOf(member(login, 'password')) ?? textOf(member(login, 'identitytoken')));
    return password ? [{ password, clue: registryClue(registry, user) }] : [];
  });
}

export function registryClue(registry: string, user: string | undefined): Clue {
  const host = registry
    .replace(/^https?:\/\//i, '')
    .split('/')[0]!
    .toLowerCase();
  const place = host === 'index.docker.io' ? 'docker.io' : host;
  return clueOf('registry', user ? `registry ${place}, user ${user}` : `registry ${place}`, { host: place, user });
}
