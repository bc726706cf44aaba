import { Button, Checkbox, Textarea } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { ProblemPanel } from '../../page/problem-panel.js';
import { answerOf, service } from '../../service/service.js';
import { usePageKeys } from '../../shell/page-keys.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { Instant } from '../../time/instant.js';
import { toast } from '../../toast/toast.js';
import type { ReviewItemRow } from '../reviews-queries.js';
import { DecisionPill } from './decision-pill.js';
import { inTheirOrder } from './decisions.js';
import { reviewKeyboard } from './keyboard.js';
import type { ViewProps } from './one-view.js';
import { whyNotInBulk } from './queue.js';
import classes from './queue.module.css';

const route = getRouteApi('/signed-in/reviews');
/** As many as the service takes at once. */
const MOST_AT_ONCE = 200;

/** The queue as a table: to look through it, and to keep several whose evidence one has read. */
export function TableView({ campaign, items, more }: ViewProps) {
  const navigate = route.useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const choose = (id: string) =>
    setChosen((before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id]));
  const columns = useMemo(() => columnsFor(chosen, choose), [chosen]);
  usePageKeys(reviewKeyboard, (intent) => {
    if (intent.kind === 'choose') {
      const item = items.find(({ id }) => id === focusedId());
      if (item && whyNotInBulk(item) === undefined) choose(item.id);
    }
    if (intent.kind === 'table')
      void navigate({
        to: '/reviews',
        search: ({ view: _view, state: _state, ...before }) => before,
        replace: true,
      });
    if (intent.kind === 'sign' && campaign.staged > 0)
      void navigate({ to: '/reviews/sign/$id', params: { id: campaign.campaignId } });
  });
  const kept = items.filter(({ id }) => chosen.has(id));
  return (
    <>
      {kept.length > 0 && <BulkKeep items={kept} onDone={() => setChosen(new Set())} />}
      <DataTable label="Your queue" columns={columns} rows={items} rowId={({ id }) => id} more={more} />
    </>
  );
}

/** The item of the row that has the focus. */
function focusedId(): string | undefined {
  return document.activeElement?.closest('tr')?.querySelector<HTMLInputElement>('input[name]')?.name;
}

function BulkKeep({ items, onDone }: { readonly items: readonly ReviewItemRow[]; readonly onDone: () => void }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const privileged = items.filter((item) => item.privileged).length;
  const keep = useMutation({
    scope: inTheirOrder,
    mutationFn: () =>
      answerOf(
        service.POST('/v1/review-items/keeps', {
          body: { itemIds: items.map(({ id }) => id), ...(reason.trim() !== '' && { reason: reason.trim() }) } as never,
        }),
      ),
    onSuccess: async () => {
      toast(items.length === 1 ? 'One is kept.' : `${items.length} are kept.`);
      onDone();
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
  });
  return (
    <form
      className={classes.bulk}
      onSubmit={(event) => {
        event.preventDefault();
        keep.mutate();
      }}
    >
      {privileged > 0 && (
        <Textarea
          label={`Why ${privileged === 1 ? 'the privileged one stays' : `the ${privileged} privileged ones stay`} so`}
          required
          autosize
          minRows={1}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {keep.isError && <ProblemPanel problem={keep.error} title="They are not kept." />}
      <div className={classes.deeds}>
        <Button
          type="submit"
          loading={keep.isPending}
          disabled={items.length > MOST_AT_ONCE || (privileged > 0 && reason.trim() === '')}
        >
          Keep {items.length === 1 ? 'the chosen one' : `the ${items.length} chosen`}
        </Button>
        <Button variant="default" onClick={onDone}>
          Choose none
        </Button>
        {items.length > MOST_AT_ONCE && <span>At most {MOST_AT_ONCE} at once.</span>}
      </div>
    </form>
  );
}

function columnsFor(chosen: ReadonlySet<string>, choose: (id: string) => void): Column<ReviewItemRow>[] {
  return [
    {
      id: 'chosen',
      header: 'Keep',
      narrow: 'bare',
      cell: (item) => {
        const why = whyNotInBulk(item);
        return (
          <span title={why}>
            <Checkbox
              size="xs"
              name={item.id}
              aria-label={why === undefined ? `Choose ${item.name}` : `${item.name} cannot be chosen: ${why}`}
              checked={chosen.has(item.id)}
              disabled={why !== undefined}
              onChange={() => choose(item.id)}
            />
          </span>
        );
      },
    },
    {
      id: 'name',
      header: 'Name',
      grows: true,
      narrow: 'bare',
      cell: ({ id, name, privileged }) => (
        <span className={classes.name}>
          <Link to="/reviews" search={({ view: _view, ...before }) => ({ ...before, item: id })}>
            {name}
          </Link>
          {privileged && (
            <span className={classes.privileged} title="Privileged">
              <IconKey size={14} role="img" aria-label="Privileged" />
            </span>
          )}
        </span>
      ),
    },
    { id: 'environment', header: 'Environment', narrow: 'hidden', cell: ({ environment }) => environment },
    {
      id: 'unused',
      header: 'Unused grants',
      cell: ({ unusedGrants }) => (unusedGrants > 0 ? <span className={classes.late}>{unusedGrants}</span> : 'none'),
    },
    {
      id: 'used',
      header: 'Last used',
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'Never seen' : <Instant at={lastUsedAt} />),
    },
    {
      id: 'read',
      header: 'Evidence',
      cell: ({ opened, state }) => (opened || state === 'submitted' ? 'Read' : <span>Not read yet</span>),
    },
    { id: 'state', header: 'Decision', cell: (item) => <DecisionPill item={item} /> },
  ];
}
