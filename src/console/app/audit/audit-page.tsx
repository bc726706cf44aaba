import { Button, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconBook2 } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { Party } from '../people/party.js';
import type { Column } from '../table/data-table.js';
import { FoundTable } from '../table/found-table.js';
import { Instant } from '../time/instant.js';
import { deed } from '../words/deeds.js';
import { shortId } from '../words/ids.js';
import { type AuditFilters, type AuditRecord, recordsQuery } from './audit-queries.js';
import { RecordTypeSelect } from './record-type-select.js';
import classes from './audit-page.module.css';

const route = getRouteApi('/signed-in/audit');

const COLUMNS: readonly Column<AuditRecord>[] = [
  {
    id: 'index',
    header: 'Entry',
    cell: ({ index }) => (
      <Link to="/audit/$index" params={{ index: String(index) }} className={classes.index}>
        {index.toLocaleString('en')}
      </Link>
    ),
  },
  { id: 'what', header: 'What', grows: true, cell: ({ type }) => deed(type) },
  { id: 'who', header: 'Who', cell: ({ actor }) => <Party id={actor} /> },
  {
    id: 'subject',
    header: 'To what',
    cell: ({ subject }) => (subject.startsWith('per_') ? <Party id={subject} /> : <Subject id={subject} />),
  },
  { id: 'at', header: 'When', cell: ({ at }) => <Instant at={at} /> },
];

/** The log of everything that happened, the newest first. */
export function AuditPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: AuditFilters) =>
    void navigate({
      to: '/audit',
      search: Object.fromEntries(Object.entries({ ...filters, ...changed }).filter(([, value]) => value)),
      replace: true,
    });
  const found = useInfiniteQuery({ ...recordsQuery(filters), placeholderData: keepPreviousData });
  return (
    <Page
      title="Audit"
      lead="Everything that happened, in an order that nobody can change. Open an entry to prove that it is there."
      wide
    >
      <div className={classes.filters}>
        <RecordTypeSelect value={filters.type ?? null} onChange={(type) => change({ type: type ?? '' })} />
        <IdInput
          key={`subject ${filters.subject}`}
          label="To what (id)"
          value={filters.subject}
          onChange={(subject) => change({ subject })}
        />
        <IdInput
          key={`actor ${filters.actor}`}
          label="Who (id)"
          value={filters.actor}
          onChange={(actor) => change({ actor })}
        />
        <TextInput
          type="datetime-local"
          label="From"
          value={filters.from ?? ''}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label="Until"
          value={filters.to ?? ''}
          onChange={(event) => change({ to: event.currentTarget.value })}
        />
        {Object.keys(filters).length > 0 && (
          <Button variant="subtle" onClick={() => void navigate({ to: '/audit', search: {}, replace: true })}>
            Clear
          </Button>
        )}
      </div>
      <FoundTable
        label="Entries of the log"
        found={found}
        columns={COLUMNS}
        rowId={({ index }) => String(index)}
        loadingRows={12}
        empty={
          <Empty icon={<IconBook2 size={32} stroke={1.25} />} title="No entry fits.">
            <p>Take a filter away, or widen the time.</p>
          </Empty>
        }
      />
    </Page>
  );
}

function Subject({ id }: { readonly id: string }) {
  if (id.startsWith('mid_'))
    return (
      <Link to="/identities/$id" params={{ id }} title={id}>
        {shortId(id)}
      </Link>
    );
  return <code title={id}>{shortId(id)}</code>;
}

interface IdInputProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}

const ID = /^[a-z][a-z0-9_:-]{0,63}$/;
const TYPING_MILLISECONDS = 250;

function IdInput({ label, value = '', onChange }: IdInputProps) {
  const [typed, setTyped] = useState(value);
  const tell = useDebouncedCallback(onChange, TYPING_MILLISECONDS);
  const isId = typed === '' || ID.test(typed);
  return (
    <TextInput
      label={label}
      value={typed}
      placeholder="Paste an id"
      error={isId ? undefined : 'Not an id'}
      onChange={(event) => {
        const next = event.currentTarget.value.trim();
        setTyped(next);
        if (next === '' || ID.test(next)) tell(next);
      }}
    />
  );
}
