type Given = Readonly<Record<string, unknown>>;

/** A path of the console itself: whatever else stands in `back` is an attempt to lead people away. */
function pathIn(given: Given, key: string): string | undefined {
  const value = given[key];
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : undefined;
}

function textIn(given: Given, key: string): string | undefined {
  const value = given[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Leaves out what is not there, so that addresses stay short. */
function present<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
}

export function signIn(given: Given): { back?: string; ended?: boolean; error?: string } {
  const ended = given.ended === true ? true : undefined;
  return present({ back: pathIn(given, 'back'), ended, error: textIn(given, 'error') });
}

/** Any of these keys, each a text. */
export function texts<Key extends string>(...keys: readonly Key[]) {
  return (given: Given): Partial<Record<Key, string>> =>
    present(Object.fromEntries(keys.map((key) => [key, textIn(given, key)])) as Record<Key, string>);
}
