/** Levels of proof that a person is who they say and is present now, weakest first (`standards.md`, Levels). */
export const LEVELS = ['loa1', 'loa1c', 'loa2', 'loa3', 'loa4'] as const;
export type Level = (typeof LEVELS)[number];

/** What is proved within a session; `loa1` is the session itself. */
export type ProvedLevel = Exclude<Level, 'loa1'>;

/** When each level was last proved in one session. */
export type Proofs = Readonly<Partial<Record<ProvedLevel, Date>>>;

/** Whether one level is as strong as another, or stronger. */
export function reaches(level: Level, wanted: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);
}
