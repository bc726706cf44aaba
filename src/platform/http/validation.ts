import { RequestError } from './errors.js';

const MAX_ERRORS_SHOWN = 20;

/** One thing that is wrong, as Standard Schema says it. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Names what is wrong and where, never the value that was sent. */
export function validationError(issues: readonly Issue[]): RequestError {
  const errors = issues.slice(0, MAX_ERRORS_SHOWN).map(({ path, message }) => ({
    path: (path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.'),
    message,
  }));
  const first = errors[0];
  const where = first?.path ? `${first.path}: ` : '';
  return new RequestError('request_invalid', `${where}${first?.message ?? 'The request is not valid.'}`, {
    details: { errors },
  });
}
