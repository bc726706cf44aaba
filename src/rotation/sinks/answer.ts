import type { EgressResponse } from '../../platform/index.js';
import { SinkError } from '../domain/sink-errors.js';

export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an answer whose status is among those expected.
 *
 * @returns undefined for 404 where that is expected
 * @throws SinkError `access_refused`, `place_unknown`, `changed_elsewhere`, `sink_busy`
 */
export function fieldsOf({ status, body }: EgressResponse, expected: readonly number[]): Fields {
  if (!expected.includes(status)) throw refusalOf(status);
  return read(body.toString('utf8'));
}

export function refusalOf(status: number): SinkError {
  if (status === 401 || status === 403)
    return new SinkError('access_refused', 'The place refuses what opens it: give it an access that may write there.');
  if (status === 404)
    return new SinkError(
      'place_unknown',
      'There is no such place: check its settings, and whether its access may see it.',
    );
  if (status === 409 || status === 412)
    return new SinkError(
      'changed_elsewhere',
      'Somebody changed what stands there meanwhile: look, then deliver again.',
    );
  if (status === 429 || status >= 500)
    return new SinkError('sink_busy', 'The place cannot take it now: it is tried again by itself.');
  return new SinkError('place_invalid', `The place does not take this (${status}): check its settings.`);
}

function read(text: string): Fields {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

/** A value inside an answer; undefined where any step of the way is missing. */
export function inside(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as Fields)[name] : undefined),
    value,
  );
}
