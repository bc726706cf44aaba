/** One thing that is said of something of a kind, as its form asks for it. */
export interface Field<Key extends string = string> {
  readonly key: Key;
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  /** `secret` and `secret-lines` are masked as they are written; `texts` are several, `choices` several of those given. */
  readonly type: 'text' | 'lines' | 'secret' | 'secret-lines' | 'texts' | 'switch' | 'choices';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** Before anything is said. */
  readonly initial?: boolean | string | readonly string[];
}

export type Values = Readonly<Record<string, unknown>>;

/** What a form begins with: what is said of it already, or what is usual. */
export function initialOf(fields: readonly Field[], said: Values = {}): Values {
  const usual = { text: '', lines: '', secret: '', 'secret-lines': '', texts: [], switch: false, choices: [] } as const;
  return Object.fromEntries(fields.map(({ key, type, initial }) => [key, said[key] ?? initial ?? usual[type]]));
}

/** What of a form is sent: what was left empty is not. Undefined where nothing is left. */
export function givenOf(fields: readonly Field[], values: Values): Values | undefined {
  const given = fields.flatMap(({ key, type }) => {
    const value = values[key];
    if (typeof value !== 'string') return [[key, value]];
    // Of a key, the last line break counts.
    const text = type === 'secret-lines' || type === 'lines' ? value : value.trim();
    return text.trim() === '' ? [] : [[key, text]];
  });
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Values);
}
