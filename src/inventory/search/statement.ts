/** Takes a value for a statement and gives its place in it, like `$3`. */
export type Bind = (value: unknown) => string;

export function binding(): { readonly parameters: unknown[]; readonly bind: Bind } {
  const parameters: unknown[] = [];
  return { parameters, bind: (value) => `$${parameters.push(value)}` };
}

export function where(conditions: readonly string[]): string {
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
}
