import type { Clue } from '../domain/finding.js';
import { asRecord, asText, clueOf, expired, type Reader, readJson, sentence } from './reader.js';

/** A first part, whatever is glued before it, of which a second and a third follow: each begins where it can alone, so that no text is read twice. */
const FIRST = /(?<![\w-])[\w-]{11,}(?=\.(eyJ[\w-]{4,40000})\.)/g;
/** Of it at least. */
const HEADER_CHARACTERS = 11;
/** The first that everybody meets, at jwt.io. */
const SAMPLE_SUBJECT = '1234567890';
const SERVICE_ACCOUNT = /^system:serviceaccount:([a-z0-9.-]{1,253}):([a-z0-9.-]{1,253})$/;
const LEGACY = 'kubernetes.io/serviceaccount/';

export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * What a JSON Web Token says of itself. Its signature is not looked at here: what it says is a hint, and no proof.
 *
 * @see RFC 7519 §4.1, RFC 8693 §4.3, RFC 9068 §2.2
 */
export const jwt: Reader = {
  name: 'jwt',
  read: ({ secret, at }) => {
    const token = findJwt(secret);
    if (!token) return undefined;
    return [kubernetesClue(token, at) ?? bearerClue(token, at)];
  },
};

/** The first token in a text, decoded; null where it is none. */
export function findJwt(text: string): Jwt | null {
  for (const [first, second] of text.matchAll(FIRST)) {
    const from = first.indexOf('eyJ');
    if (from < 0 || first.length - from < HEADER_CHARACTERS) continue;
    const [header, claims] = [first.slice(from), second!].map(objectOf);
    return header && claims && typeof header['alg'] === 'string' ? { header, claims } : null;
  }
  return null;
}

/** Instants of a token are seconds since 1970 (RFC 7519 §2, NumericDate). */
export function instantOf(value: unknown): Date | null {
  return typeof value === 'number' && value > 0 && value < 8.64e12 ? new Date(value * 1000) : null;
}

function bearerClue({ header, claims }: Jwt, at: Date): Clue {
  const facts = {
    issuer: asText(claims['iss']),
    subject: asText(claims['sub']),
    audience: audienceOf(claims['aud']),
    clientId: asText(claims['client_id']) ?? asText(claims['azp']) ?? asText(claims['appid']),
    tenant: asText(claims['tid']),
    objectId: asText(claims['oid']),
    user: asText(claims['preferred_username']) ?? asText(claims['upn']) ?? asText(claims['unique_name']),
    email: asText(claims['email'])?.toLowerCase(),
    project: asText(claims['iss']) === 'supabase' ? asText(claims['ref']) : undefined,
    role: asText(claims['iss']) === 'supabase' ? asText(claims['role']) : undefined,
    keyId: asText(header['kid']),
    expiresAt: instantOf(claims['exp'])?.toISOString(),
  };
  const who = facts.subject ?? facts.clientId ?? facts.user ?? facts.role;
  const words = sentence('JWT', who && `of ${who}`, facts.issuer && `by ${facts.issuer}`);
  return clueOf('jwt', words, facts, mootOf(claims, at));
}

function mootOf(claims: Readonly<Record<string, unknown>>, at: Date): string | undefined {
  const sample = claims['sub'] === SAMPLE_SUBJECT && typeof claims['name'] === 'string';
  return sample ? 'the sample of jwt.io' : expired(at, instantOf(claims['exp']));
}

/** Both forms: a legacy token's flat claims, and a bound token's one object. */
function kubernetesClue({ claims }: Jwt, at: Date): Clue | undefined {
  const bound = asRecord(claims['kubernetes.io']);
  const legacy = (name: string): string | undefined => asText(claims[LEGACY + name]);
  const [, ofNamespace, ofName] = SERVICE_ACCOUNT.exec(asText(claims['sub']) ?? '') ?? [];
  const account = asRecord(bound?.['serviceaccount']);
  const namespace = asText(bound?.['namespace']) ?? legacy('namespace') ?? ofNamespace;
  const name = asText(account?.['name']) ?? legacy('service-account.name') ?? ofName;
  if (!namespace || !name) return undefined;
  const issuer = asText(claims['iss']);
  return clueOf(
    'kubernetes-service-account',
    sentence(`Kubernetes service account ${namespace}/${name}`, issuer && !legacy('namespace') && `at ${issuer}`),
    {
      namespace,
      serviceAccount: name,
      uid: asText(account?.['uid']) ?? legacy('service-account.uid'),
      pod: asText(asRecord(bound?.['pod'])?.['name']),
      node: asText(asRecord(bound?.['node'])?.['name']),
      secretName: legacy('secret.name') ?? asText(asRecord(bound?.['secret'])?.['name']),
      subject: `system:serviceaccount:${namespace}:${name}`,
      issuer,
      audience: audienceOf(claims['aud']),
      expiresAt: instantOf(claims['exp'])?.toISOString(),
    },
    expired(at, instantOf(claims['exp'])),
  );
}

function audienceOf(value: unknown): string | undefined {
  return Array.isArray(value) ? value.slice(0, 8).map(asText).filter(Boolean).join(' ') : asText(value);
}

function objectOf(part: string): Readonly<Record<string, unknown>> | undefined {
  return asRecord(readJson(Buffer.from(part, 'base64url').toString('utf8')));
}
