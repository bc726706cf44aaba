/** How many items of a campaign, or of one reviewer in it, are in which state. */
export interface Progress {
  readonly open: number;
  readonly staged: number;
  readonly submitted: number;
  readonly excepted: number;
}

export const NO_PROGRESS: Progress = { open: 0, staged: 0, submitted: 0, excepted: 0 };
