import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kettle, openKettle } from './kettle.js';

const tea = { tea: 'Assam' };

describe('an answer', () => {
  let kettle: Kettle;
  beforeAll(async () => void (kettle = await openKettle()));
  afterAll(() => kettle.close());

  it.each([
    ['that is given', 'GET', '/v1/pots/7', 200],
    ['that is a refusal', 'POST', '/v1/pots', 400],
    ['about nothing', 'GET', '/nowhere', 404],
    ['to what is no path', 'GET', '/v1/pots/%ff', 400],
    ['to too long a path', 'GET', `/v1/pots/${'x'.repeat(300)}`, 400],
  ])('%s has an id of its own, and headers that keep browsers from harm', async (_what, method, url, status) => {
    const one = await kettle.ask(method, url);
    const other = await kettle.ask(method, url);
    expect(one.status).toBe(status);
    expect(one.headers['x-request-id']).toMatch(/^req_[0-9a-f]{32}$/);
    expect(other.headers['x-request-id']).not.toBe(one.headers['x-request-id']);
    expect(one.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    });
    expect(one.headers).not.toHaveProperty('server');
    expect(one.headers).not.toHaveProperty('x-powered-by');
    expect(one.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('is never called by an id that the caller chose', async () => {
    const chosen = 'req_0192f0c1a2b37c4d8e5f60718293a4b5';
    const { headers } = await kettle.ask('GET', '/v1/pots/7', {
      headers: { 'x-request-id': chosen, 'request-id': chosen },
    });
    expect(headers['x-request-id']).not.toBe(chosen);
  });

  it('that refuses is problem details, with the id it has in the header (RFC 9457 §3)', async () => {
    const { status, headers, body } = await kettle.ask('POST', '/v1/pots', { body: { tea: 7, nonsense: 1 } });
    expect(headers['content-type']).toMatch(/^application\/problem\+json(;|$)/);
    expect(body).toEqual({
      type: 'urn:muster:problem:request_invalid',
      title: 'request invalid',
      status,
      code: 'request_invalid',
      detail: expect.stringContaining('tea'),
      requestId: headers['x-request-id'],
      errors: [
        { path: 'tea', message: expect.any(String) },
        { path: '', message: expect.stringContaining('nonsense') },
      ],
    });
  });

  it('to something that fails says nothing of why, and the log is told', async () => {
    kettle.around.before = () => Promise.reject(new Error('the password is tulip'));
    const { status, text, body } = await kettle.ask('POST', '/v1/pots', { body: tea });
    kettle.around.before = async () => undefined;
    expect([status, body.code]).toEqual([500, 'internal']);
    expect(text).not.toContain('tulip');
    expect(kettle.failures).toEqual([expect.objectContaining({ message: 'the password is tulip' })]);
  });
});

describe('a version', () => {
  let kettle: Kettle;
  beforeAll(async () => void (kettle = await openKettle()));
  afterAll(() => kettle.close());

  const change = (header?: string) =>
    kettle.ask('PATCH', '/v1/pots/7', { body: tea, headers: header === undefined ? {} : { 'if-match': header } });

  it('is the ETag of what is read, and of what was changed', async () => {
    expect((await kettle.ask('GET', '/v1/pots/7')).headers.etag).toBe('"v3"');
    expect((await change('"v3"')).headers.etag).toBe('"v4"');
  });

  it('must be sent with a change (RFC 6585 §3)', async () => {
    const { status, body } = await change();
    expect([status, body.code]).toEqual([428, 'precondition_required']);
  });

  it('must be the current one (RFC 9110 §13.1.1)', async () => {
    const { status, body } = await change('"v2"');
    expect([status, body.code]).toEqual([412, 'version_conflict']);
  });

  it.each(['*', 'v3', 'W/"v3"', '"v3", "v4"', '"v0x3"', '"3"', `"v${'9'.repeat(10)}"`])(
    'is refused as %s',
    async (header) => {
      const { status, body } = await change(header);
      expect([status, body.code]).toEqual([400, 'if_match_invalid']);
    },
  );
});

describe('a body', () => {
  let kettle: Kettle;
  beforeAll(async () => void (kettle = await openKettle()));
  afterAll(() => kettle.close());

  const LIMIT = 65_536;
  const sized = (bytes: number) => {
    const text = JSON.stringify({ ...tea, note: '' });
    return text.replace('"note":""', `"note":"${'x'.repeat(bytes - text.length)}"`);
  };

  it('is read up to the limit and no further (RFC 9110 §15.5.14)', async () => {
    expect((await kettle.ask('POST', '/v1/pots', { body: sized(LIMIT) })).status).toBe(201);
    const { status, body } = await kettle.ask('POST', '/v1/pots', { body: sized(LIMIT + 1) });
    expect([status, body.code]).toEqual([413, 'body_too_large']);
  });

  it.each([
    ['is cut short', '{"tea":"Ass', 'body_malformed'],
    ['is no UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'body_malformed'],
    ['begins with a byte order mark', `\ufeff${JSON.stringify(tea)}`, 'body_malformed'],
    ['reaches for the prototype', '{"tea":"Assam","__proto__":{}}', 'body_malformed'],
    ['is empty', '', 'body_malformed'],
    ['has a member too many', { ...tea, nonsense: 1 }, 'request_invalid'],
    ['lacks one', {}, 'request_invalid'],
    ['has one of another type', { tea: ['Assam'] }, 'request_invalid'],
    ['has one with a control character', { tea: 'As\u0000sam' }, 'request_invalid'],
    ['has one shown in another order than it is written', { tea: 'As\u202esam' }, 'request_invalid'],
  ])('is refused that %s', async (_what, body, code) => {
    const before = await kettle.pots();
    const answer = await kettle.ask('POST', '/v1/pots', { body });
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(await kettle.pots()).toBe(before);
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'is refused as %s',
    async (type) => {
      const answer = await kettle.ask('POST', '/v1/pots', {
        body: JSON.stringify(tea),
        headers: { 'content-type': type },
      });
      expect([answer.status, answer.body.code]).toEqual([415, 'media_type_unsupported']);
    },
  );

  it('may say its character set', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await kettle.ask('POST', '/v1/pots', { body: JSON.stringify(tea), headers })).status).toBe(201);
  });
});

describe('too many requests', () => {
  const limited = async (limits: Parameters<typeof openKettle>[0], work: (kettle: Kettle) => Promise<void>) => {
    const kettle = await openKettle(limits);
    try {
      await work(kettle);
    } finally {
      await kettle.close();
    }
  };
  const statuses = async (kettle: Kettle, callers: readonly string[]) => {
    const seen: number[] = [];
    for (const as of callers) seen.push((await kettle.ask('GET', '/v1/pots/7', { as })).status);
    return seen;
  };

  it('of one caller are refused with the seconds to wait (RFC 6585 §4), and nobody else’s', () =>
    limited({ requestsPerMinute: 3 }, async (kettle) => {
      expect(await statuses(kettle, ['ada', 'ada', 'ada'])).toEqual([200, 200, 200]);
      const { status, headers, body } = await kettle.ask('GET', '/v1/pots/7', { as: 'ada' });
      expect([status, body.code]).toEqual([429, 'rate_limited']);
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
      expect(body.retryAfterSeconds).toBe(Number(headers['retry-after']));
      expect(await statuses(kettle, ['bob'])).toEqual([200]);
    }));

  it('from one address are refused, whoever they say they are', () =>
    limited({ addressPerMinute: 3 }, async (kettle) => {
      expect(await statuses(kettle, ['ada', 'bob', 'cyd', 'dee'])).toEqual([200, 200, 200, 429]);
    }));

  it('with proofs that do not hold make the address wait, right ones included', () =>
    limited({ failuresPerMinute: 3 }, async (kettle) => {
      expect(await statuses(kettle, ['nobody', 'nobody', 'ada', 'nobody', 'nobody', 'ada'])).toEqual([
        401, 401, 200, 401, 429, 429,
      ]);
    }));

  it('are counted for the address of the connection, not for one that a header names', () =>
    limited({ addressPerMinute: 2 }, async (kettle) => {
      const seen: number[] = [];
      for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
        seen.push((await kettle.ask('GET', '/v1/pots/7', { headers: { 'x-forwarded-for': address } })).status);
      expect(seen).toEqual([200, 200, 429]);
    }));
});
