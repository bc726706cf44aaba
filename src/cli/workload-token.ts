import { CliError } from './errors.js';
import { readFileIfAny } from './private-file.js';

const KUBERNETES_TOKEN = '/var/run/secrets/muster/token';
const TIMEOUT_MS = 15_000;

/**
 * Finds the OpenID Connect token that proves what this workload is: the file that was named, else GitHub Actions (asked
 * for one with our audience), else GitLab's `MUSTER_ID_TOKEN`, else Kubernetes' projected token.
 *
 * @throws CliError `token_not_found`, saying what was looked at
 */
export async function findWorkloadToken(
  environment: NodeJS.ProcessEnv,
  options: { readonly tokenFile?: string; readonly audience: string },
): Promise<string> {
  if (options.tokenFile !== undefined) return fromFile(options.tokenFile);
  const requestUrl = environment['ACTIONS_ID_TOKEN_REQUEST_URL'];
  const requestToken = environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
  if (requestUrl && requestToken) return fromGitHub(requestUrl, requestToken, options.audience);
  const gitLab = environment['MUSTER_ID_TOKEN'];
  if (gitLab) return gitLab;
  const projected = await readFileIfAny(environment['MUSTER_KUBERNETES_TOKEN_FILE'] ?? KUBERNETES_TOKEN);
  if (projected) return projected.trim();
  throw new CliError(
    'token_not_found',
    `No workload token was found. GitHub Actions: give the job "permissions: id-token: write". GitLab: name an id_token MUSTER_ID_TOKEN. ` +
      `Kubernetes: project a token to ${KUBERNETES_TOKEN}. Elsewhere: --token-file or --join-token-file.`,
  );
}

async function fromFile(path: string): Promise<string> {
  const token = (await readFileIfAny(path))?.trim();
  if (!token) throw new CliError('token_not_found', `${path} holds no token.`);
  return token;
}

async function fromGitHub(requestUrl: string, requestToken: string, audience: string): Promise<string> {
  const url = new URL(requestUrl);
  url.searchParams.set('audience', audience);
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${requestToken}`, accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { value } = response.ok ? ((await response.json()) as { value?: unknown }) : { value: undefined };
    if (typeof value !== 'string') throw new Error(`status ${response.status}`);
    return value;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'no answer';
    throw new CliError(
      'token_not_found',
      `GitHub gave no token (${why}). Give the job "permissions: id-token: write", and try again.`,
      { cause },
    );
  }
}
