import { Select } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { FoundTable } from '../../table/found-table.js';
import { Rooms } from '../rooms.js';
import { type RunState, runsQuery } from '../rotation-queries.js';
import { RUN_STATES } from '../rotation-words.js';
import { RUNS_OF_ALL } from './runs-columns.js';
import classes from '../rotation.module.css';

const route = getRouteApi('/signed-in/rotation/runs');

/** Every run there ever was. */
export function RunsPage() {
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = state !== undefined && Object.hasOwn(RUN_STATES, state) ? (state as RunState) : undefined;
  const found = useInfiniteQuery({
    ...runsQuery(chosen === undefined ? {} : { state: chosen }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Rotation history" lead="Every run, the newest first: what it did, and what kept it." wide>
      <Rooms />
      <div className={classes.filters}>
        <Select
          label="State"
          placeholder="Any"
          data={Object.entries(RUN_STATES).map(([value, { name }]) => ({ value, label: name }))}
          value={chosen ?? null}
          onChange={(next) =>
            void navigate({ to: '/rotation/runs', search: next === null ? {} : { state: next }, replace: true })
          }
          clearable
        />
      </div>
      <FoundTable
        label="Runs"
        found={found}
        columns={RUNS_OF_ALL}
        rowId={({ id }) => id}
        empty={
          <Empty icon={<IconHistory size={32} stroke={1.25} />} title="There is no such run.">
            <p>One begins when a schedule says so, when a credential is too old, or when somebody rotates it now.</p>
          </Empty>
        }
      />
    </Page>
  );
}
