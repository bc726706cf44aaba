import { Button } from '@mantine/core';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Empty } from '../page/empty.js';
import { RowsLoading } from '../page/page-loading.js';
import { Pill } from '../page/pill.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, service } from '../service/service.js';
import { hasRole, useMe } from '../session/me.js';
import { Instant } from '../time/instant.js';
import { toast } from '../toast/toast.js';
import { type Rotation, type Sink, sinksQuery } from './rotation-queries.js';
import { failureWords } from './rotation-words.js';
import { SinkDialog } from './sink-dialog.js';
import { SINK_KINDS, type SinkKindWords } from './sink-kinds.js';
import classes from './rotation.module.css';

const KINDS: Readonly<Record<string, SinkKindWords>> = SINK_KINDS;

/** Places that every new version is put into. */
export function Sinks({ rotation }: { readonly rotation: Rotation }) {
  const found = useQuery(sinksQuery(rotation.id));
  if (found.isError) return <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <RowsLoading rows={3} />;
  return (
    <div className={classes.list}>
      {found.data.length === 0 && (
        <Empty title="It is delivered nowhere." action={<AddSink rotation={rotation} />}>
          <p>Programs fetch it themselves. It can also be put into Vault, a cluster, a file or the like.</p>
        </Empty>
      )}
      {found.data.map((sink) => (
        <SinkCard key={sink.id} sink={sink} />
      ))}
      {found.data.length > 0 && (
        <div>
          <AddSink rotation={rotation} />
        </div>
      )}
    </div>
  );
}

/** Certificates are made by who holds them: nothing of theirs can be delivered. */
function AddSink({ rotation }: { readonly rotation: Rotation }) {
  const me = useMe();
  const [isAdding, setAdding] = useState(false);
  if (rotation.targetId === null || !hasRole(me, 'administrator', 'platform-engineer')) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => setAdding(true)}
      >
        Deliver it somewhere
      </Button>
      {isAdding && <SinkDialog rotation={rotation} onClose={() => setAdding(false)} />}
    </>
  );
}

function SinkCard({ sink }: { readonly sink: Sink }) {
  const me = useMe();
  const queries = useQueryClient();
  const path = { params: { path: { id: sink.id } } };
  const refreshed = () => queries.invalidateQueries({ queryKey: ['rotation'] });
  const check = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/rotation-sinks/{id}/check', path)),
    onSettled: refreshed,
  });
  const remove = useMutation({
    mutationFn: () => answerOf(service.DELETE('/v1/rotation-sinks/{id}', path)),
    onSuccess: () => (toast('Nothing is delivered there any more.'), refreshed()),
  });
  const seen = check.data;
  return (
    <article className={classes.card} aria-label={sink.place}>
      <header>
        <strong>{KINDS[sink.kind]?.label ?? sink.kind}</strong>
        <SinkPill sink={sink} />
      </header>
      <p>
        <code>{sink.place}</code>
      </p>
      {sink.deliveredAt !== null && sink.deliveredVersion !== null && (
        <p className={classes.muted}>
          Version {sink.deliveredVersion} was delivered <Instant at={sink.deliveredAt} />.
        </p>
      )}
      {seen && (
        <p role="status" className={seen.failure === null ? undefined : classes.bad}>
          {seen.failure?.words ?? standing(seen)}
        </p>
      )}
      {[check, remove].map(
        ({ error }, at) => error !== null && <ProblemPanel key={at} problem={error} title="That did not go through." />,
      )}
      {hasRole(me, 'administrator', 'platform-engineer') && (
        <div className={classes.deeds}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlugConnected size={14} aria-hidden />}
            loading={check.isPending}
            onClick={() => check.mutate()}
          >
            Check
          </Button>
          <Button size="xs" variant="subtle" color="gray" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove
          </Button>
        </div>
      )}
    </article>
  );
}

function SinkPill({ sink: { failure, deliveredAt } }: { readonly sink: Sink }) {
  if (failure !== null) return <Pill tone="bad">{failureWords(failure)}</Pill>;
  if (deliveredAt === null) return <Pill tone="still">Nothing yet</Pill>;
  return <Pill tone="good">Delivered</Pill>;
}

/** What stands at a place, as far as it tells. */
function standing({ occupied, ours }: { readonly occupied: boolean | null; readonly ours: boolean | null }): string {
  if (occupied === null) return 'It opens; what stands there cannot be seen.';
  if (!occupied) return 'It opens, and nothing stands there.';
  return ours === false ? 'Something stands there that is not Muster’s.' : 'What stands there is what Muster left.';
}
