import { linesOf, utf8 } from './text.js';

export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface Section {
  readonly name: string;
  readonly settings: readonly Setting[];
}

const HEAD = /^\s{0,16}\[\s{0,16}([^\]]{1,128}?)\s{0,16}\]/;
const SETTING = /^\s{0,16}([\w.-]{1,64})\s{0,16}[=:]\s{0,16}(.*)$/;

/** Sections of an INI file, names in small letters; a comment begins a line. */
export function sectionsOf(text: string): readonly Section[] {
  const sections: { name: string; settings: Setting[] }[] = [{ name: '', settings: [] }];
  for (const line of linesOf(text)) {
    const head = HEAD.exec(line.text)?.[1];
    if (head) sections.push({ name: utf8(head), settings: [] });
    const [, name, written] = head || /^\s*[#;]/.test(line.text) ? [] : (SETTING.exec(line.text) ?? []);
    const value = written?.trimEnd();
    if (!name || !value) continue;
    const start = line.start + line.text.lastIndexOf(value);
    sections.at(-1)!.settings.push({ name: name.toLowerCase(), value: utf8(value), start, end: start + value.length });
  }
  return sections;
}

export function settingOf({ settings }: Section, ...names: readonly string[]): Setting | undefined {
  return settings.find(({ name }) => names.includes(name));
}
