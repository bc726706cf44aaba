import { beforeEach, describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { QueryFailedError } from 'typeorm';
import { errorsOf } from '../../src/kernel/index.js';
import { FailureLines, Health, Log, Metrics, NestLog } from '../../src/platform/index.js';
import { MetricsAccess } from '../../src/platform/telemetry/metrics-access.js';
import { RequestTelemetry } from '../../src/platform/telemetry/request-telemetry.js';

const CANARY = 'canary-secret-71c2';

class TeaError extends errorsOf('TeaError', { tea_cold: 'conflict' }) {}

let written: string;
let log: Log;
beforeEach(() => {
  written = '';
  log = new Log('debug', { write: (line: string) => (written += line) });
});
const lines = () =>
  written
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the log', () => {
  it('is one JSON object a line, with instant, level and event', () => {
    log.info('started', { port: 8443 });
    expect(lines()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.+Z$/), port: 8443, event: 'started' },
    ]);
  });

  it('drops every field it does not know, however deep', () => {
    const fields = {
      headers: { authorization: CANARY },
      token: CANARY,
      email: CANARY,
      cause: { body: CANARY, code: 'x' },
    };
    log.error('failed', fields);
    expect(written).not.toContain(CANARY);
    expect(lines()[0]).toMatchObject({ cause: { code: 'x' } });
  });

  it('is silent below its level', () => {
    new Log('warn', { write: (line: string) => (written += line) }).info('started');
    expect(written).toBe('');
  });

  it.each<[string, unknown]>([
    ['an error’s message', new Error(CANARY)],
    ['a message of several lines', new Error(`first\n${CANARY}\n    at home`)],
    ['a cause’s message', new Error('outer', { cause: new SyntaxError(CANARY) })],
    ['a refusal’s cause', new TeaError('tea_cold', 'Make it again.', { cause: new Error(CANARY) })],
    ['a refusal’s details', new TeaError('tea_cold', 'Make it again.', { details: { leaf: CANARY } })],
    ['what PostgreSQL quotes', new QueryFailedError(`SELECT '${CANARY}'`, [CANARY], pgError())],
    ['a sentence thrown', `the token ${CANARY} is bad`],
    ['an object thrown', { secret: CANARY }],
  ])('never shows %s', (_what, cause) => {
    log.error('failed', {}, cause);
    new FailureLines(log).failed('req_1', 'internal', cause);
    if (typeof cause !== 'string') new NestLog(log).error(cause, 'Component');
    new NestLog(log).error('It failed.', cause, 'Component');
    new NestLog(log).error({ message: 'It failed.', error: cause, secret: CANARY }, 'Component');
    expect(lines().length).toBeGreaterThanOrEqual(4);
    expect(written).not.toContain(CANARY);
  });

  it('shows of an error what helps: class, code, constraint, place and causes', () => {
    log.error(
      'failed',
      {},
      new TeaError('tea_cold', 'Make it again.', { cause: new QueryFailedError('', [], pgError()) }),
    );
    expect(lines()[0]!.cause).toMatchObject({
      error: 'TeaError',
      code: 'tea_cold',
      detail: 'Make it again.',
      frames: expect.arrayContaining([expect.stringContaining('telemetry.spec')]),
      cause: { error: 'QueryFailedError', code: '23505', constraint: 'people_email_once', table: 'people' },
    });
  });

  it('names the logger of a line that came through Nest', () => {
    new NestLog(log).warn('The queue cannot be reached.', 'Jobs');
    new NestLog(log).error({ message: 'A job failed.', job: 'crl', attempt: 2, error: new Error(CANARY) }, 'Jobs');
    expect(lines()[0]).toMatchObject({ level: 'warn', event: 'The queue cannot be reached.', component: 'Jobs' });
    expect(lines()[1]).toMatchObject({ event: 'A job failed.', job: 'crl', attempt: 2, cause: { error: 'Error' } });
  });
});

function pgError(): Error {
  const detail = `Key (email)=(${CANARY}) already exists.`;
  return Object.assign(new Error(detail), { code: '23505', constraint: 'people_email_once', table: 'people', detail });
}

describe('request telemetry', () => {
  it('logs and measures a request by its route’s pattern, never by its path, headers or body', async () => {
    const metrics = new Metrics();
    const server = fastify({ genReqId: () => 'req_1' });
    new RequestTelemetry(log, metrics).install(server);
    server.post('/v1/people/:id', async () => {
      log.info('inside');
      return {};
    });
    server.get('/health/live', async () => ({}));
    const url = `/v1/people/${CANARY}?token=${CANARY}`;
    await server.inject({ method: 'POST', url, headers: { authorization: CANARY }, payload: { email: CANARY } });
    await server.inject({ method: 'GET', url: '/health/live' });
    await server.inject({ method: 'GET', url: `/${CANARY}` });
    await server.close();
    expect(lines()).toMatchObject([
      { event: 'inside', requestId: 'req_1' },
      { event: 'request answered', requestId: 'req_1', method: 'POST', route: '/v1/people/:id', status: 200 },
      { event: 'request answered', route: 'unknown', status: 404 },
    ]);
    const text = await metrics.text();
    expect(text).toMatch(/^muster_http_request_duration_seconds_count\{[^}]*route="\/v1\/people\/:id"[^}]*\} 1$/m);
    expect(text + written).not.toContain(CANARY);
  });
});

describe('metrics', () => {
  it('show what is read when they are asked for, and go on when one cannot be read', async () => {
    const metrics = new Metrics();
    let lag = 3;
    metrics.gauge('muster_lag', 'Records without a leaf.', async () => lag);
    metrics.gauge('muster_broken', 'Fails.', () => Promise.reject(new Error('no')));
    metrics.gauge('muster_pool', 'By state.', () => ({ idle: 2, busy: 1 }));
    metrics.signerAnswered('signIntents', 0.004);
    expect(await metrics.text()).toContain('muster_lag 3');
    lag = 0;
    const text = await metrics.text();
    expect(text).toContain('muster_lag 0');
    expect(text).toContain('muster_pool{state="busy"} 1');
    expect(text).toContain('muster_signer_request_duration_seconds_count{method="signIntents"} 1');
    expect(text).not.toMatch(/^muster_broken/m);
    expect(text).toContain('process_cpu_seconds_total');
  });

  it.each<[string | undefined, boolean]>([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.2.3.4', true],
    ['::ffff:10.2.3.4', true],
    ['11.2.3.4', false],
    ['fe80::1', false],
    ['localhost', false],
    [undefined, false],
  ])('may be read from %s: %s', (address, allowed) => {
    expect(new MetricsAccess(['10.0.0.0/8']).allows(address)).toBe(allowed);
  });
});

describe('readiness', () => {
  it('names the parts that are up', async () => {
    const health = new Health();
    health.register('database', async () => undefined);
    health.register('signer', () => true);
    expect(await health.ready()).toEqual({ database: 'up', signer: 'up' });
  });

  it.each<[string, () => boolean | Promise<void>]>([
    ['answers no', () => false],
    ['throws', () => Promise.reject(new Error(CANARY))],
    ['never answers', () => new Promise<void>(() => undefined)],
  ])('is refused when a part %s, without saying why', async (_how, check) => {
    const health = new Health();
    health.register('database', () => true);
    health.register('signer', check);
    const error = await health.ready().catch((thrown: unknown) => thrown as TeaError);
    expect(error).toMatchObject({ code: 'not_ready', details: { checks: { database: 'up', signer: 'down' } } });
    expect(JSON.stringify(error)).not.toContain(CANARY);
  });

  it('ends when the service is about to stop', async () => {
    const health = new Health();
    health.drain();
    await expect(health.ready()).rejects.toMatchObject({ code: 'not_ready' });
  });
});
