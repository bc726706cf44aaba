import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconCertificate } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { PersonSelect } from '../people/person-select.js';
import { FoundTable } from '../table/found-table.js';
import { CREDENTIALS_OF_ALL } from './credentials-table.js';
import { ledgerQuery, type LedgerFilters } from './ledger-queries.js';
import classes from './ledger-page.module.css';

const route = getRouteApi('/signed-in/ledger');
const KINDS = [
  { value: 'certificate', label: 'Certificates' },
  { value: 'token', label: 'Tokens' },
  { value: 'registered-key', label: 'Keys of other systems' },
];

/** Every credential: who holds it, who answers, when it ends, when it was last used. */
export function LedgerPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: LedgerFilters) =>
    void navigate({
      to: '/ledger',
      search: Object.fromEntries(
        Object.entries({ ...filters, ...changed }).filter(([, value]) => value !== undefined && value !== ''),
      ),
      replace: true,
    });
  const ledger = useInfiniteQuery({ ...ledgerQuery(filters), placeholderData: keepPreviousData });
  return (
    <Page title="Ledger" lead="Every credential Muster gave out or was told of. Reading it is recorded." wide>
      <div className={classes.filters}>
        <SegmentedControl
          aria-label="Which credentials"
          size="xs"
          value={filters.state ?? 'valid'}
          onChange={(state) => change({ state: state === 'valid' ? undefined : state, validAt: undefined })}
          data={[
            { value: 'valid', label: 'Valid' },
            { value: 'all', label: 'All there ever were' },
          ]}
        />
        <Select
          aria-label="Kind"
          placeholder="Any kind"
          data={KINDS}
          value={filters.kind ?? null}
          onChange={(kind) => change({ kind: kind ?? undefined })}
          clearable
        />
        <PersonSelect
          label="Who answers"
          value={filters.custodianId ?? null}
          onChange={(id) => change({ custodianId: id ?? undefined })}
        />
        {filters.state !== 'all' && (
          <TextInput
            type="datetime-local"
            label="Valid at"
            value={filters.validAt ?? ''}
            onChange={(event) => change({ validAt: event.currentTarget.value })}
          />
        )}
      </div>
      <FoundTable
        label="Credentials"
        found={ledger}
        columns={CREDENTIALS_OF_ALL}
        rowId={({ id }) => id}
        loadingRows={12}
        empty={
          <Empty icon={<IconCertificate size={32} stroke={1.25} />} title="No credential fits.">
            <p>An identity gets its first one with muster cert, or by a platform’s token it is trusted with.</p>
          </Empty>
        }
      />
    </Page>
  );
}
