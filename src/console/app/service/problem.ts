/** What the service refused, as it said it (RFC 9457); or that it did not answer. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** 0 when no answer came. */
    readonly status: number,
    /** Stable; what the console decides on. */
    readonly code: string,
    detail: string,
    readonly requestId: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

/** Reads the problem details of a refusal; an answer without any is `answer_unreadable`. */
export async function problemFrom(response: Response): Promise<Problem> {
  const details = asRecord(await response.json().catch(() => undefined));
  return new Problem(
    response.status,
    textIn(details, 'code') ?? textIn(details, 'error') ?? 'answer_unreadable',
    textIn(details, 'detail') ?? textIn(details, 'error_description') ?? `The service answered ${response.status}.`,
    textIn(details, 'requestId') ?? response.headers.get('x-request-id') ?? '',
    details,
  );
}

/** Whatever was thrown, as something that can be shown. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError && /fetch|network|load/i.test(thrown.message))
    return new Problem(0, 'unreachable', 'The service does not answer. Look at your connection, then try again.', '');
  return new Problem(0, 'console_fault', thrown instanceof Error ? thrown.message : String(thrown), '');
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textIn(record: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = record[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
