/** A finding that gitleaks is to leave alone: by its place. */
export interface IgnoredPlace {
  /** Null where it holds for every commit. */
  readonly commit: string | null;
  readonly path: string;
  readonly line: number;
}

const MOST_LINES = 100_000;
/** `file:rule:line`, in front of it perhaps the commit: paths may hold colons. */
const LINE = /^(?:([0-9a-f]{40}|[0-9a-f]{64}):)?(.{1,4096}):[^:]{1,200}:(\d{1,9})$/;

/** The places that a `.gitleaksignore` names. Its rules are gitleaks', and called otherwise here: the place decides. */
export function gitleaksIgnore(text: string): readonly IgnoredPlace[] {
  const lines = text.split('\n', MOST_LINES).map((line) => line.trim());
  return lines.flatMap((line) => {
    if (line.length > 4400 || line.startsWith('#')) return [];
    const [whole, commit, path, number] = LINE.exec(line) ?? [];
    if (whole === undefined) return [];
    return [{ commit: commit ?? null, path: path!.replace(/^\.\//, ''), line: Number(number) }];
  });
}
