export interface Change {
  readonly field: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'same';
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between two images of a thing, field by field; what stayed the same comes last. */
export function difference(before: unknown, after: unknown): Change[] {
  const [was, is] = [recordOf(before), recordOf(after)];
  const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  const changes = fields.map((field): Change => {
    const values = { field, before: was[field], after: is[field] };
    if (!(field in was)) return { ...values, kind: 'added' };
    if (!(field in is)) return { ...values, kind: 'removed' };
    return { ...values, kind: JSON.stringify(was[field]) === JSON.stringify(is[field]) ? 'same' : 'changed' };
  });
  return [...changes.filter(({ kind }) => kind !== 'same'), ...changes.filter(({ kind }) => kind === 'same')];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
