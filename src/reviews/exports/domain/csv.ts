/** One item, as a spreadsheet shows it. */
export interface ItemRow {
  readonly position: number;
  readonly id: string;
  readonly identityId: string;
  readonly name: string;
  readonly environment: string;
  readonly privileged: boolean;
  readonly state: string;
  readonly decision: string | null;
  /** What a reduction takes away, in words. */
  readonly grants: string | null;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly submittedAt: Date | null;
  readonly submissionId: string | null;
  readonly reviewerId: string | null;
  readonly opened: boolean;
  readonly secondsSpent: number;
  readonly inBulk: boolean;
  /** How many effects are in which state. */
  readonly effects: string | null;
  readonly exceptionOwner: string | null;
  readonly exceptionEndsAt: Date | null;
  readonly exceptionReason: string | null;
  readonly secondLook: string | null;
  readonly secondLookBy: string | null;
  readonly evidenceDigest: string;
}

type Cell = string | number | boolean | Date | null;
type NameOf = (id: string) => string;

interface Column {
  readonly title: string;
  readonly cell: (row: ItemRow, nameOf: NameOf) => Cell;
}

const named = (id: string | null, nameOf: NameOf) => (id === null ? null : nameOf(id));

const COLUMNS: readonly Column[] = [
  { title: 'No.', cell: ({ position }) => position },
  { title: 'Identity', cell: ({ name }) => name },
  { title: 'Environment', cell: ({ environment }) => environment },
  { title: 'Privileged', cell: ({ privileged }) => privileged },
  { title: 'State', cell: ({ state }) => state },
  { title: 'Decision', cell: ({ decision }) => decision },
  { title: 'Taken away', cell: ({ grants }) => grants },
  { title: 'Reason', cell: ({ reason }) => reason },
  { title: 'Decided by', cell: ({ decidedBy }, nameOf) => named(decidedBy, nameOf) },
  { title: 'Submitted at', cell: ({ submittedAt }) => submittedAt },
  { title: 'Reviewer', cell: ({ reviewerId }, nameOf) => named(reviewerId, nameOf) },
  { title: 'Evidence opened', cell: ({ decidedBy, opened }) => (decidedBy === null ? null : opened) },
  { title: 'Seconds spent', cell: ({ secondsSpent }) => secondsSpent },
  { title: 'In bulk', cell: ({ inBulk }) => inBulk },
  { title: 'Effects', cell: ({ effects }) => effects },
  { title: 'Exception owner', cell: ({ exceptionOwner }, nameOf) => named(exceptionOwner, nameOf) },
  { title: 'Exception ends at', cell: ({ exceptionEndsAt }) => exceptionEndsAt },
  { title: 'Exception reason', cell: ({ exceptionReason }) => exceptionReason },
  { title: 'Second look', cell: ({ secondLook }) => secondLook },
  { title: 'Second look by', cell: ({ secondLookBy }, nameOf) => named(secondLookBy, nameOf) },
  { title: 'Item id', cell: ({ id }) => id },
  { title: 'Identity id', cell: ({ identityId }) => identityId },
  { title: 'Decided by id', cell: ({ decidedBy }) => decidedBy },
  { title: 'Submission id', cell: ({ submissionId }) => submissionId },
  { title: 'Evidence SHA-256', cell: ({ evidenceDigest }) => evidenceDigest },
];

/**
 * The first line. A byte order mark stands before it: without one, Excel takes UTF-8 for the code page of its machine and
 * spoils every name with an accent; everything else that reads CSV skips it.
 */
export function csvHead(): string {
  return `\uFEFF${COLUMNS.map(({ title }) => quoted(title)).join(',')}\r\n`;
}

/** One line of RFC 4180. */
export function csvLine(row: ItemRow, nameOf: NameOf): string {
  return `${COLUMNS.map(({ cell }) => text(cell(row, nameOf))).join(',')}\r\n`;
}

function text(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return quoted(cell instanceof Date ? cell.toISOString() : cell);
}

/** What a spreadsheet would take for a formula; a name or a reason is whatever somebody typed (OWASP, CSV injection). */
const FORMULA = /^[\s]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

function quoted(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}
