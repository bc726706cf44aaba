import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in these; 100 a second on every machine that we know of. */
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** In one of proc's kilobytes, which have 1,024 bytes. */
const MEGABYTES = 1024 / 1e6;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Its own processor time. */
  readonly ownTicks: number;
  /** That of children that have ended and were waited for. */
  readonly endedTicks: number;
}

/**
 * Processor seconds that a process and all below it have used since they began: proc(5), utime, stime, cutime, cstime.
 *
 * Children that ended in between stay counted, as they pass to their parent.
 */
export function cpuSecondsOf(root: number): { readonly own: number; readonly all: number } {
  const family = familyOf(root);
  const own = family.find(({ pid }) => pid === root)?.ownTicks ?? 0;
  const all = family.reduce((sum, { ownTicks, endedTicks }) => sum + ownTicks + endedTicks, 0);
  return { own: own / TICKS_PER_SECOND, all: all / TICKS_PER_SECOND };
}

/** Resident memory of a process and all below it. What they share is in `rss` once for each, in `pss` once. */
export function memoryOf(root: number): { readonly rssMegabytes: number; readonly pssMegabytes: number } {
  const texts = familyOf(root).map(({ pid }) => read(pid, 'smaps_rollup'));
  const sum = (name: string) =>
    texts.reduce(
      (kilobytes, text) => kilobytes + Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0),
      0,
    );
  return { rssMegabytes: sum('Rss') * MEGABYTES, pssMegabytes: sum('Pss') * MEGABYTES };
}

function familyOf(root: number): Stat[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  const family = all.filter(({ pid }) => pid === root);
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid));
  return family;
}

/** The name in the second field may hold spaces and parentheses: numbers are counted from its end. */
function statOf(pid: number): Stat | undefined {
  const text = read(pid, 'stat');
  if (text === '') return undefined;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return { pid, parent: fields[1]!, ownTicks: fields[11]! + fields[12]!, endedTicks: fields[13]! + fields[14]! };
}

/** Empty for a process that has ended meanwhile. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
