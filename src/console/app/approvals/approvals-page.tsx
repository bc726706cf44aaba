import { SegmentedControl } from '@mantine/core';
import { IconChecklist } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { Named } from '../people/named.js';
import { Party } from '../people/party.js';
import type { Column } from '../table/data-table.js';
import { FoundTable } from '../table/found-table.js';
import { Instant } from '../time/instant.js';
import { deed } from '../words/deeds.js';
import { ApprovalPill } from './approval-words.js';
import { type Approval, APPROVAL_LISTS, type ApprovalList, approvalsQuery } from './approvals-queries.js';

const route = getRouteApi('/signed-in/approvals');

const COLUMNS: readonly Column<Approval>[] = [
  {
    id: 'what',
    header: 'What is asked',
    grows: true,
    narrow: 'bare',
    cell: ({ id, summary }) => (
      <Link to="/approvals/$id" params={{ id }}>
        <Named words={summary} />
      </Link>
    ),
  },
  { id: 'action', header: 'Action', narrow: 'hidden', cell: ({ action }) => deed(action) },
  { id: 'state', header: 'State', cell: (approval) => <ApprovalPill approval={approval} /> },
  { id: 'by', header: 'Asked by', cell: ({ requester }) => <Party id={requester} /> },
  { id: 'at', header: 'Asked', narrow: 'hidden', cell: ({ createdAt }) => <Instant at={createdAt} /> },
  {
    id: 'until',
    header: 'Until',
    cell: ({ state, expiresAt, decidedAt }) => (
      <Instant at={state === 'pending' ? expiresAt : (decidedAt ?? expiresAt)} />
    ),
  },
];

const EMPTY: Readonly<Record<ApprovalList, readonly [string, string]>> = {
  mine: [
    'Nothing waits for you.',
    'You are told here, and by mail where it is set up, when somebody needs your consent.',
  ],
  asked: ['You have asked for nothing.', 'What you do that needs somebody else’s consent appears here.'],
  pending: ['Nothing is pending.', 'Every request has been decided.'],
  all: ['Nobody has asked for anything yet.', 'Privileged and order-entry identities are the first to need consent.'],
};

/** Requests for somebody else’s consent. */
export function ApprovalsPage() {
  const { list = 'mine' } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = (APPROVAL_LISTS.some(({ value }) => value === list) ? list : 'mine') as ApprovalList;
  const found = useInfiniteQuery({ ...approvalsQuery(chosen), placeholderData: keepPreviousData });
  const [title, words] = EMPTY[chosen];
  return (
    <Page title="Approvals" lead="Nobody approves what they asked for, whatever their roles." wide>
      <SegmentedControl
        aria-label="Which approvals"
        size="xs"
        style={{ justifySelf: 'start' }}
        value={chosen}
        onChange={(next) =>
          void navigate({ to: '/approvals', search: next === 'mine' ? {} : { list: next }, replace: true })
        }
        data={APPROVAL_LISTS.map(({ value, label }) => ({ value, label }))}
      />
      <FoundTable
        label="Approvals"
        found={found}
        columns={COLUMNS}
        rowId={({ id }) => id}
        loadingRows={6}
        empty={
          <Empty icon={<IconChecklist size={32} stroke={1.25} />} title={title}>
            <p>{words}</p>
          </Empty>
        }
      />
    </Page>
  );
}
