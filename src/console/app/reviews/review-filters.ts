/** What the address of the queue can say. */
export const REVIEW_FILTERS = ['tab', 'campaign', 'view', 'state', 'q', 'item'] as const;
