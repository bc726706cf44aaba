import path from 'node:path';

/** Where a file is: text, or the bytes of a name that is not UTF-8. As text that would name another file, or none. */
export type Place = string | Buffer;

const REPLACED = '\ufffd';

/** Names that end with NUL. */
export function namesIn(listed: Buffer): readonly Place[] {
  const names = listed.toString().split('\0').filter(Boolean);
  if (!names.some(isReplaced)) return names;
  const places: Place[] = [];
  for (let from = 0, to = listed.indexOf(0); to >= 0; from = to + 1, to = listed.indexOf(0, from))
    if (to > from) places.push(placeOf(listed.subarray(from, to)));
  return places;
}

/** Whether bytes of a name were lost when it was read as text. */
export function isReplaced(name: string): boolean {
  return name.includes(REPLACED);
}

export function placeOf(name: Buffer): Place {
  const text = name.toString();
  return isReplaced(text) && !Buffer.from(text).equals(name) ? name : text;
}

export function placeBelow(folder: Place, name: Place): Place {
  if (typeof folder === 'string' && typeof name === 'string') return `${folder}${path.sep}${name}`;
  return Buffer.concat([Buffer.from(folder), Buffer.from(path.sep), Buffer.from(name)]);
}
