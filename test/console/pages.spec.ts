import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Muster } from '../harness/muster.js';
import { buildConsole } from './build.js';

let muster: Muster;
beforeAll(async () => {
  await buildConsole();
  muster = await Muster.start();
}, 120_000);
afterAll(() => muster.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  muster.visitor().call('GET', path, undefined, headers);

async function script(): Promise<string> {
  return /src="(\/assets\/[^"]+\.js)"/.exec((await get('/')).bytes.toString('utf8'))![1]!;
}

describe('the pages of the console', () => {
  it('are one document at every address that is not the API’s', async () => {
    for (const path of ['/', '/identities', '/approvals/apr_1', '/sign-in?back=%2F']) {
      const page = await get(path);
      expect({ path, status: page.status, type: page.headers['content-type'] }).toEqual({
        path,
        status: 200,
        type: 'text/html; charset=utf-8',
      });
    }
  });

  it.each(['/v1/nothing', '/.well-known/nothing', '/health/nothing', '/missing.js', '/assets/missing.css'])(
    'leave %s to be answered with 404',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    },
  );

  it('never stand before the API', async () => {
    expect((await get('/v1/identities')).status).toBe(401);
    expect((await get('/openapi.json')).headers['content-type']).toMatch(/^application\/json/);
    expect((await get('/health/live')).status).toBe(200);
  });

  it('answer reads alone', async () => {
    expect((await muster.visitor().call('POST', '/', {})).status).toBe(404);
  });

  it('may run their own script and nothing else, each response with a nonce of its own', async () => {
    const [one, other] = [await get('/'), await get('/')];
    const policy = String(one.headers['content-security-policy']);
    const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types default',
    ]);
    expect(one.bytes.toString('utf8')).toContain(`nonce="${nonce}"`);
    expect(one.bytes.toString('utf8')).not.toContain('__NONCE__');
    expect(one.headers['cache-control']).toBe('no-store');
    expect(other.headers['content-security-policy']).not.toBe(policy);
  });

  it('carry no script or style within themselves', async () => {
    const page = (await get('/')).bytes.toString('utf8');
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
  });
});

describe('the files of the console', () => {
  it('are kept for ever where their name says what is in them', async () => {
    const { headers } = await get(await script());
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await get('/icon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it('come packed as the caller takes them, and are the same file', async () => {
    const path = await script();
    const plain = await get(path, { 'accept-encoding': 'identity' });
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    const br = await get(path, { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await get(path, { 'accept-encoding': 'gzip, br;q=0' });
    expect([br.headers['content-encoding'], gzip.headers['content-encoding']]).toEqual(['br', 'gzip']);
    expect(digest(brotliDecompressSync(br.bytes))).toBe(digest(plain.bytes));
    expect(digest(gunzipSync(gzip.bytes))).toBe(digest(plain.bytes));
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  it('are not sent again to who has them', async () => {
    const { headers } = await get('/icon.svg');
    const again = await get('/icon.svg', { 'if-none-match': String(headers.etag) });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });
});
