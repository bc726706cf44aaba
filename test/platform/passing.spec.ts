import { describe, expect, it } from '@jest/globals';
import { asRefusal, problemOf } from '../../src/platform/http/problem.filter.js';

const thrown = (fields: object, message = 'the page is torn') => Object.assign(new Error(message), fields);

describe('a fault of the database', () => {
  it.each<[string, Error]>([
    ['a full disk', thrown({ code: '53100' })],
    ['too many connections', thrown({ code: '53300' })],
    ['a lost connection', thrown({ code: '08006' })],
    ['an end by the administrator', thrown({ code: '57P01' })],
    ['as TypeORM wraps it', thrown({ driverError: { code: '53100' } })],
    ['a connection that broke', thrown({}, 'Connection terminated unexpectedly')],
    ['a pool that is used up', thrown({}, 'timeout exceeded when trying to connect')],
    ['a server that is gone', thrown({ code: 'ECONNREFUSED', syscall: 'connect' })],
    ['one that is gone at every address', new AggregateError([thrown({ code: 'ECONNREFUSED', syscall: 'connect' })])],
  ])('that passes, %s, is told as 503 with a time to come again', (_what, error) => {
    const problem = problemOf(asRefusal(error), 'req_1');
    expect(problem).toMatchObject({ status: 503, code: 'unavailable_now', retryAfterSeconds: 5 });
    expect(JSON.stringify(problem)).not.toContain('torn');
  });

  it('that is a statement given up is told as such, with a time to come again', () => {
    for (const error of [thrown({ code: '57014' }), thrown({ driverError: { code: '57014' } })])
      expect(problemOf(asRefusal(error), 'req_1')).toMatchObject({
        ...{ status: 503, code: 'took_too_long', retryAfterSeconds: 5 },
      });
  });

  it.each<[string, Error]>([
    ['a broken constraint', thrown({ code: '23505' })],
    ['a mistake in a statement', thrown({ code: '42601' })],
    ['a conflict that never ends', thrown({ code: '40001' })],
    ['a file that is not there', thrown({ code: 'ENOENT', syscall: 'open' })],
    ['anything else', thrown({})],
    ['nothing that was asked', new AggregateError([])],
  ])('that does not, %s, is told as 500', (_what, error) => {
    expect(problemOf(asRefusal(error), 'req_1')).toMatchObject({ status: 500, code: 'internal' });
  });
});
