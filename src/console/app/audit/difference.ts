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

/** The members of an image by their paths: `identity.status`. Lists are compared whole. */
function recordOf(value: unknown, path = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return path === '' ? {} : { [path]: value };
  const members = Object.entries(value as Record<string, unknown>);
  if (members.length === 0 && path !== '') return { [path]: value };
  return Object.assign(
    {},
    ...members.map(([name, member]) => recordOf(member, path === '' ? name : `${path}.${name}`)),
  ) as Record<string, unknown>;
}
