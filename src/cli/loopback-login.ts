import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection } from '../client/index.js';
import type { Browser } from './browser.js';
import { CLIENT_ID, type SessionToken } from './device-login.js';
import { CliError } from './errors.js';
import { FORM } from './form.js';
import { untilInterrupted } from './interruption.js';
import type { Output } from './output.js';

const PATH = '/signed-in';
const WAIT_MINUTES = 10;

interface Request {
  readonly verifier: string;
  readonly challenge: string;
  readonly state: string;
}

/**
 * Signs in by the browser on this machine, which answers at a loopback address of ours (RFC 8252 with RFC 7636): nothing
 * is typed, and the code is of use to nobody but the process that asked.
 *
 * @returns undefined when no browser could be started after all
 * @throws CliError `sign_in_refused`
 */
export async function signInByLoopback(
  connection: Connection,
  service: { readonly url: string; readonly host: string },
  surroundings: { readonly notices: Output; readonly browser: Browser },
): Promise<SessionToken | undefined> {
  const { notices, browser } = surroundings;
  const request = newRequest();
  const listener = await Listener.start(request.state, service.url);
  try {
    const url = authorizeUrl(service, listener.redirectUri, request);
    if (!(await browser.open(url))) return undefined;
    const tell = () =>
      notices.result({ signIn: { url } }, () => {
        notices.say('Your browser asks whether to sign this machine in. If it shows nothing, open');
        notices.say(`  ${url}`);
        notices.mark('dim', `Waiting for up to ${WAIT_MINUTES} minutes; Ctrl-C gives up.`);
      });
    const code = await untilInterrupted(notices, tell, () => listener.code());
    const body = {
      ...{ grant_type: 'authorization_code', client_id: CLIENT_ID, code },
      ...{ redirect_uri: listener.redirectUri, code_verifier: request.verifier },
    };
    return (await connection.api.POST('/v1/device-token', { body, ...FORM })).data!;
  } finally {
    listener.stop();
  }
}

function newRequest(): Request {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return { verifier, challenge, state: randomBytes(24).toString('base64url') };
}

function authorizeUrl(
  { url, host }: { readonly url: string; readonly host: string },
  redirectUri: string,
  { challenge, state }: Request,
): string {
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: CLIENT_ID, redirect_uri: redirectUri, state, host },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  });
  return `${url}/authorize?${query.toString()}`;
}

/** What the browser answers to. Whatever else comes by on loopback gets a 404 and no attention. */
class Listener {
  private constructor(
    private readonly server: Server,
    private readonly answer: Promise<string>,
  ) {}

  static async start(state: string, issuer: string): Promise<Listener> {
    const server = createServer();
    const answer = new Promise<string>((resolve, reject) => {
      const late = new CliError('sign_in_refused', 'Nobody signed in in time. Run muster login again.');
      const timer = setTimeout(() => reject(late), WAIT_MINUTES * 60_000).unref();
      server.on('request', (request, response) => {
        const url = new URL(request.url ?? '/', 'http://127.0.0.1');
        const query = url.searchParams;
        const ours = url.pathname === PATH && request.method === 'GET' && same(query.get('state') ?? '', state);
        if (!ours) return void response.writeHead(404).end();
        response.writeHead(200, HEADERS).end(page(query.has('code')));
        clearTimeout(timer);
        const code = query.get('code');
        // RFC 9207: an answer of another service is not an answer.
        if (code !== null && query.get('iss') === issuer) resolve(code);
        else
          reject(
            new CliError('sign_in_refused', 'The browser answered that nobody is let in. Run muster login again.'),
          );
      });
    });
    // Whoever waits for it hears of it; until then it is nobody's failure.
    answer.catch(() => undefined);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return new Listener(server, answer);
  }

  get redirectUri(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${PATH}`;
  }

  code(): Promise<string> {
    return this.answer;
  }

  stop(): void {
    this.server.close();
    this.server.closeIdleConnections();
  }
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  connection: 'close',
};

function page(signedIn: boolean): string {
  const words = signedIn ? 'Signed in. Go back to the terminal; this page can be closed.' : 'Not signed in.';
  return `<!doctype html><html lang="en"><title>Muster</title><p>${words}</p></html>`;
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
