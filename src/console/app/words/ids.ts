/** The end of an id, which tells ids apart at a glance; the beginning only says when it was made. */
export function shortId(id: string): string {
  const [prefix, rest] = id.split('_');
  return rest === undefined || rest.length < 12 ? id : `${prefix}_…${rest.slice(-6)}`;
}
