import { serviceRoutes } from '../../../src/openapi.js';
import { problemOf } from '../../../src/platform/http/problem.filter.js';
import { validationError } from '../../../src/platform/http/validation.js';
import { type Case, nameOf, takesForm } from './case.js';
import type { Malformed } from './malformed.js';

const DECLARED = new Map(serviceRoutes().map((route) => [`${route.method.toUpperCase()} ${route.path}`, route]));

/**
 * What a caller is told of something malformed by the very schema that the route declares, without a service: one place holds
 * the requests of all routes to their schemas, and words what is wrong with them.
 *
 * @returns undefined where the schema takes it, or does not see it: what it means is for the service to refuse
 */
export async function refusedByShape(one: Case, { read }: Malformed): Promise<Buffer | undefined> {
  if (!read || takesForm(one)) return undefined;
  const route = DECLARED.get(one.route);
  if (!route) throw new Error(`Nothing declares ${nameOf(one)}.`);
  const [schema, value] = 'body' in read ? [route.body, read.body] : [route.query, read.query];
  const result = await schema?.['~standard'].validate(value);
  if (!result?.issues) return undefined;
  return Buffer.from(JSON.stringify(problemOf(validationError(result.issues), 'req_0')));
}
