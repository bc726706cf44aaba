/** What the queue can be narrowed by, as it stands in the address. */
export const FINDING_FILTERS = [
  'q',
  'state',
  'verdict',
  'band',
  'kind',
  'rule',
  'sourceId',
  'identityId',
  'assigneeId',
  'overdue',
  'age',
] as const;
