import { ActionIcon, Button, VisuallyHidden } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconConfetti } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { EvidenceOf } from '../evidence/evidence.js';
import { ButtonLink } from '../../page/button-link.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { useMe } from '../../session/me.js';
import { Keys } from '../../shell/keys.js';
import { usePageKeys } from '../../shell/page-keys.js';
import { DECISION_WORDS } from '../review-words.js';
import { itemAheadQuery, itemQuery, type MyCampaign, type ReviewItemRow } from '../reviews-queries.js';
import { needsForm } from './decision-form.js';
import { DecisionPanel } from './decision-panel.js';
import { type NewDecision, useDecisions } from './decisions.js';
import { type Decision, type Intent, reviewKeyboard } from './keyboard.js';
import { neighbour, nextOpen, startAt } from './queue.js';
import classes from './queue.module.css';

const route = getRouteApi('/signed-in/reviews');
/** So many of those that wait next are read ahead. */
const AHEAD = 2;
const LOAD_AHEAD_ROWS = 20;

export interface ViewProps {
  readonly campaign: MyCampaign;
  readonly items: readonly ReviewItemRow[];
  readonly more: { readonly hasMore: boolean; readonly isLoading: boolean; readonly load: () => void };
}

interface Refusal {
  readonly item: ReviewItemRow;
  readonly problem: unknown;
}

/** One identity at a time, with everything known of it and the five decisions beside it. */
export function OneView({ campaign, items, more }: ViewProps) {
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const row = startAt(items, search.item)!;
  const at = items.indexOf(row);
  const detail = useQuery(itemQuery(row.id));
  const [draft, setDraft] = useState<Decision>();
  const [said, setSaid] = useState('');
  const [refusal, setRefusal] = useState<Refusal>();
  const done = useRef<readonly string[]>([]);
  const decisions = useDecisions((item, problem) => setRefusal({ item, problem }));
  const isFinished = campaign.open === 0 && campaign.staged > 0;
  useReadAhead(items, row.id);
  useEffect(() => {
    if (more.hasMore && !more.isLoading && at >= items.length - LOAD_AHEAD_ROWS) more.load();
  }, [at, items.length, more]);

  const go = (id: string) => {
    setDraft(undefined);
    void navigate({ to: '/reviews', search: (before) => ({ ...before, item: id }), replace: true });
  };
  const count = (step: number) => `${campaign.total - campaign.open + step} of ${campaign.total} decided.`;
  const decide = (to: NewDecision) => {
    const before = row.state;
    decisions.mutate({ item: row, to, by: me.person.id });
    done.current = [...done.current.filter((id) => id !== row.id), row.id];
    setRefusal(undefined);
    setDraft(undefined);
    setSaid(`${DECISION_WORDS[to.decision].done}: ${row.name}. ${count(before === 'open' ? 1 : 0)}`);
    const next = nextOpen(items, row.id);
    if (next) go(next.id);
  };
  const undo = () => {
    const last = [...done.current]
      .reverse()
      .find((id) => items.some((each) => each.id === id && each.state === 'staged'));
    const item = row.state === 'staged' ? row : items.find(({ id }) => id === last);
    if (!item) return setSaid('There is nothing to undo.');
    decisions.mutate({ item, to: undefined, by: me.person.id });
    done.current = done.current.filter((id) => id !== item.id);
    setSaid(`Undone: ${item.name} is open again. ${count(-1)}`);
    go(item.id);
  };
  const choose = (decision: Decision) => {
    const item = detail.data;
    if (!item) return setSaid('Its evidence is still being read.');
    if (row.state === 'submitted' || row.state === 'excepted') return setSaid('It is decided for good.');
    if (!item.canDecide) return setSaid('It is not yours to decide.');
    if (decision === 'reduce' && item.evidence.grants.length === 0) return setSaid('It has no grants to take away.');
    if (needsForm(decision, item)) setDraft(decision);
    else decide({ decision });
  };
  const follow = (intent: Intent) => {
    if (intent.kind === 'decide') return choose(intent.decision);
    if (intent.kind === 'undo') return undo();
    if (intent.kind === 'table')
      return void navigate({ to: '/reviews', search: (before) => ({ ...before, view: 'table' }), replace: true });
    if (intent.kind === 'sign') {
      if (campaign.staged === 0) return setSaid('Nothing is decided yet that could be signed.');
      return void navigate({ to: '/reviews/sign/$id', params: { id: campaign.campaignId } });
    }
    if (intent.kind !== 'move') return;
    const next = neighbour(items, row.id, intent.step);
    if (next) go(next.id);
    else setSaid(intent.step > 0 ? 'This is the last.' : 'This is the first.');
  };
  usePageKeys(reviewKeyboard, follow);

  const item = detail.data && { ...detail.data, state: row.state, decision: row.decision };
  return (
    <>
      <VisuallyHidden role="status" aria-live="polite">
        {said}
      </VisuallyHidden>
      {refusal && (
        <div className={classes.refusal}>
          <ProblemPanel problem={refusal.problem} title={`${refusal.item.name} is not decided.`} />
          {refusal.item.id !== row.id && (
            <Button size="xs" variant="default" onClick={() => (setRefusal(undefined), go(refusal.item.id))}>
              Go back to it
            </Button>
          )}
        </div>
      )}
      {isFinished && <Finished campaign={campaign} />}
      <div className={classes.one}>
        <div className={classes.item}>
          <div className={classes.place}>
            <span>
              {at + 1} of {items.length}
              {more.hasMore && '+'}
              {row.state !== 'open' && ` · ${row.state === 'staged' ? 'decided' : row.state}`}
            </span>
            <span className={classes.steps}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label="The one before"
                aria-keyshortcuts="k"
                disabled={at === 0}
                onClick={() => follow({ kind: 'move', step: -1 })}
              >
                <IconArrowLeft size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label="Next identity"
                aria-keyshortcuts="j"
                disabled={at === items.length - 1}
                onClick={() => follow({ kind: 'move', step: 1 })}
              >
                <IconArrowRight size={16} aria-hidden />
              </ActionIcon>
            </span>
          </div>
          {detail.isError && <ProblemPanel problem={detail.error} onRetry={() => void detail.refetch()} />}
          {item ? (
            <EvidenceOf item={item} heading={<Heading key={row.id} name={row.name} />} />
          ) : (
            !detail.isError && (
              <>
                <Heading key={row.id} name={row.name} />
                <RowsLoading rows={10} />
              </>
            )
          )}
        </div>
        <div className={classes.side}>
          {item ? (
            <DecisionPanel item={item} draft={draft} onDraft={setDraft} onDecide={decide} onUndo={undo} />
          ) : (
            <RowsLoading rows={6} />
          )}
          <p className={classes.hint}>
            <Keys keys={['j']} /> <Keys keys={['k']} /> move, <Keys keys={['u']} /> undoes, <Keys keys={['?']} /> all
            keys. Nothing happens until you sign.
          </p>
        </div>
      </div>
    </>
  );
}

/** Whether an item was shown before: the page’s own title has the focus when one arrives. */
let shown = false;

/** The name of what is decided: takes the focus with each next one, so that a screen reader says which it is. */
function Heading({ name }: { readonly name: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const isTyping = document.activeElement?.matches('input, textarea') ?? false;
    if (shown && !isTyping) heading.current?.focus({ preventScroll: true });
    shown = true;
  }, []);
  return (
    <h2 ref={heading} tabIndex={-1}>
      {name}
    </h2>
  );
}

function Finished({ campaign: { campaignId, staged } }: { readonly campaign: MyCampaign }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => link.current?.focus({ preventScroll: true }), []);
  return (
    <div className={classes.finished}>
      <IconConfetti size={24} stroke={1.5} aria-hidden />
      <p>
        <strong>Everything is decided.</strong> Read the summary and sign it: {staged.toLocaleString('en')}{' '}
        {staged === 1 ? 'decision' : 'decisions'}.
      </p>
      <ButtonLink ref={link} to="/reviews/sign/$id" params={{ id: campaignId }}>
        Read and sign
      </ButtonLink>
    </div>
  );
}

/** Reads what waits next, so that it is there at once; that it was opened counts only when it is shown. */
function useReadAhead(items: readonly ReviewItemRow[], from: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    let last = from;
    for (let count = 0; count < AHEAD; count++) {
      const next = nextOpen(items, last);
      if (!next || next.id === from) return;
      void queries.prefetchQuery(itemAheadQuery(next.id));
      last = next.id;
    }
  }, [queries, items, from]);
}
