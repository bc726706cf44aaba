import { setInterval } from 'node:timers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EgressClient, EgressError, type EgressPurpose, Resolver } from '../../src/platform/index.js';
import { loopbackServer, type LoopbackServer } from './loopback.js';

const HOST = 'issuer.example';
const METADATA = '169.254.169.254';

class FakeResolver extends Resolver {
  readonly asked: string[] = [];
  answers: (readonly string[])[] = [['127.0.0.1']];

  override async resolve(hostname: string): Promise<readonly string[]> {
    this.asked.push(hostname);
    return this.answers.length > 1 ? this.answers.shift()! : this.answers[0]!;
  }
}

let server: LoopbackServer;
let resolver: FakeResolver;
let seen: IncomingMessage[];
let calledAt: (string | undefined)[];

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/ok': (response) => response.writeHead(200, { 'X-Kind': 'test' }).end('{"issuer":true}'),
  '/missing': (response) => response.writeHead(404).end('no'),
  '/redirect': (response) => response.writeHead(302, { location: `http://${METADATA}/latest/meta-data/` }).end(),
  '/huge': (response) => void response.writeHead(200).end(Buffer.alloc(2_000_000)),
  '/huge-unannounced': (response) => {
    response.writeHead(200);
    for (let part = 0; part < 30; part += 1) response.write(Buffer.alloc(100_000));
    response.end();
  },
  '/bomb': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(10)),
  '/headers': (response) => response.writeHead(200, { 'x-long': 'a'.repeat(20_000) }).end(),
  '/silent': () => undefined,
  '/dripping': (response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(drip));
  },
  '/broken': (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half of the secret-answer', () => response.destroy());
  },
};

beforeAll(async () => {
  server = await loopbackServer(HOST, (request, response) => {
    seen.push(request);
    calledAt.push(request.socket.localAddress);
    ANSWERS[request.url!]!(response);
  });
});
afterAll(() => server.close());
beforeEach(() => {
  resolver = new FakeResolver();
  seen = [];
  calledAt = [];
});

function client(allowedNetworks: readonly string[] = ['127.0.0.1/32'], plainHttp: readonly EgressPurpose[] = []) {
  return new EgressClient({ allowedNetworks, plainHttp }, resolver);
}

const url = (path: string, host = HOST) => `https://${host}:${server.port}${path}`;
const get = (path: string, options = {}) => client().request('jwks', url(path), { ca: server.ca, ...options });

async function refusal(call: Promise<unknown>): Promise<EgressError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EgressError);
  return error as EgressError;
}

describe('a call to the outside', () => {
  it('gives status, headers and body', async () => {
    const { status, headers, body } = await get('/ok', { headers: { accept: 'application/json' } });
    expect({ status, kind: headers['x-kind'], body: body.toString() }).toEqual({
      status: 200,
      kind: 'test',
      body: '{"issuer":true}',
    });
    expect(seen[0]!.headers).toMatchObject({ host: `${HOST}:${server.port}`, 'accept-encoding': 'identity' });
  });

  it('gives an error status as it is', async () => {
    expect(await get('/missing')).toMatchObject({ status: 404 });
  });

  it('resolves a name once and calls the address it judged, whatever the next answer would be (rebinding)', async () => {
    resolver.answers = [['127.0.0.1'], ['127.0.0.2'], [METADATA]];
    await get('/ok');
    expect(resolver.asked).toEqual([HOST]);
    expect(calledAt).toEqual(['127.0.0.1']);
    expect(await refusal(get('/ok'))).toMatchObject({ code: 'egress_address_refused' });
    expect(await refusal(get('/ok'))).toMatchObject({ code: 'egress_address_refused' });
    expect(seen).toHaveLength(1);
  });

  it('is not made when only one of several addresses may not be reached', async () => {
    resolver.answers = [['127.0.0.1', METADATA]];
    expect(await refusal(get('/ok'))).toMatchObject({ code: 'egress_address_refused' });
    expect(seen).toEqual([]);
  });

  it.each([
    ['the metadata service', `https://${METADATA}/latest/meta-data/`],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback in decimal', 'https://2130706433/'],
    ['loopback in octal', 'https://0177.0.0.1/'],
    ['loopback in hexadecimal', 'https://0x7f.0.0.1/'],
    ['loopback in short', 'https://127.1/'],
    ['loopback in full-width digits', 'https://１２７.0.0.1/'],
    ['IPv6 loopback', 'https://[::1]/'],
    ['mapped loopback', 'https://[::ffff:127.0.0.1]/'],
    ['the unspecified address', 'https://0/'],
    ['a private address', 'https://10.0.0.1/'],
  ])('is not made to %s', async (_what, target) => {
    expect(await refusal(client([]).request('oidc-issuer', target))).toMatchObject({ code: 'egress_address_refused' });
    expect(resolver.asked).toEqual([]);
  });

  it('reaches loopback with an administrator’s consent for that provider, and the metadata service never', async () => {
    const options = { ca: server.ca, allowPrivate: true };
    expect(await client([]).request('jwks', url('/ok'), options)).toMatchObject({ status: 200 });
    resolver.answers = [[METADATA]];
    expect(await refusal(client([]).request('jwks', url('/ok'), options))).toMatchObject({
      code: 'egress_address_refused',
    });
  });

  it.each([
    ['http', 'http://issuer.example/'],
    ['a file', 'file:///etc/passwd'],
    ['a password', 'https://user:hunter2@issuer.example/'],
    ['no URL', 'issuer.example'],
  ])('is not made to %s', async (_what, target) => {
    const error = await refusal(client().request('jwks', target));
    expect(error.code).toBe('egress_url_refused');
    expect(error.message).not.toContain('hunter2');
  });

  it('goes without TLS to a network of one’s own alone, where whoever asks may consent to that', async () => {
    const options = { plainOnOwnNetwork: true, allowPrivate: true };
    const there = client([]).request('target', `http://${HOST}:${server.port}/ok`, options);
    expect(await refusal(there)).not.toMatchObject({ code: 'egress_url_refused' });
    resolver.answers = [['93.184.215.14']];
    expect(await refusal(client([]).request('target', `http://${HOST}/ok`, options))).toMatchObject({
      code: 'egress_url_refused',
    });
  });

  it('uses http only for a purpose that was configured for it', async () => {
    const plain = client(['127.0.0.1/32'], ['jwks']);
    const target = `http://${HOST}:${server.port}/ok`;
    expect(await refusal(plain.request('jwks', target))).not.toMatchObject({ code: 'egress_url_refused' });
    expect(await refusal(plain.request('oidc-issuer', target))).toMatchObject({ code: 'egress_url_refused' });
  });

  it('has a purpose that allows its method', async () => {
    expect(await refusal(get('/ok', { method: 'POST' }))).toMatchObject({ code: 'egress_purpose_refused' });
    const unknown = client().request('mining' as never, url('/ok'));
    expect(await refusal(unknown)).toMatchObject({ code: 'egress_purpose_refused' });
  });

  it('follows no redirect', async () => {
    expect(await refusal(get('/redirect'))).toMatchObject({ code: 'egress_redirect_refused' });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['huge', '/huge', 'egress_too_large'],
    ['huge and does not say so', '/huge-unannounced', 'egress_too_large'],
    ['compressed', '/bomb', 'egress_response_invalid'],
    ['all headers', '/headers', 'egress_too_large'],
    ['broken off', '/broken', 'egress_response_invalid'],
  ])('is given up when the answer is %s', async (_what, path, code) => {
    const error = await refusal(get(path, { maxBytes: 1_000_000 }));
    expect(error.code).toBe(code);
    expect(JSON.stringify([error.message, error.cause])).not.toContain('secret-answer');
  });

  it.each([
    ['never comes', '/silent'],
    ['drips (slow loris)', '/dripping'],
  ])('is given up in time when the answer %s', async (_what, path) => {
    const startedAt = performance.now();
    expect(await refusal(get(path, { timeoutMs: 300 }))).toMatchObject({ code: 'egress_timeout' });
    // By itself it would have five seconds.
    expect(performance.now() - startedAt).toBeLessThan(4_500);
  });

  it('is given up in time when the name server is silent', async () => {
    resolver.resolve = () => new Promise(() => undefined);
    expect(await refusal(get('/ok', { timeoutMs: 100 }))).toMatchObject({ code: 'egress_timeout' });
  });

  it('may ask for less than its purpose allows, never for more', async () => {
    expect(await refusal(get('/huge', { maxBytes: 1e9 }))).toMatchObject({ code: 'egress_too_large' });
    expect(await refusal(get('/ok', { maxBytes: 3 }))).toMatchObject({ code: 'egress_too_large' });
  });

  it('trusts a provider’s own certificates for that call alone', async () => {
    await get('/ok');
    expect(await refusal(client().request('jwks', url('/ok')))).toMatchObject({ code: 'egress_tls_failed' });
  });

  it('verifies the name and the issuer even where the environment says not to', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const otherName = client().request('jwks', url('/ok', 'other.example'), { ca: server.ca });
      expect(await refusal(otherName)).toMatchObject({ code: 'egress_tls_failed' });
      expect(await refusal(client().request('jwks', url('/ok')))).toMatchObject({ code: 'egress_tls_failed' });
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  it('says when nobody is there', async () => {
    const closed = await loopbackServer(HOST, () => undefined);
    await closed.close();
    const call = client().request('jwks', `https://${HOST}:${closed.port}/`, { ca: server.ca });
    expect(await refusal(call)).toMatchObject({ code: 'egress_unreachable' });
    resolver.answers = [[]];
    expect(await refusal(get('/ok'))).toMatchObject({ code: 'egress_unreachable' });
  });
});
