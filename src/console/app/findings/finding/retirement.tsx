import { Button, Loader } from '@mantine/core';
import { IconCircle, IconCircleCheck, IconCircleX, IconRadar2 } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { rotationQuery } from '../../rotation/rotation-queries.js';
import { answerOf, service } from '../../service/service.js';
import { isUnderWay, type Source, sourceQuery } from '../../sources/sources-queries.js';
import { rowsOf } from '../../table/found-table.js';
import { Instant } from '../../time/instant.js';
import { type Finding, placesQuery, RETIRING_MILLISECONDS, retirementQuery } from '../findings-queries.js';
import classes from './next-step.module.css';
import { Steps } from './steps.js';

type Kind = 'done' | 'now' | 'later' | 'stuck';

/** How far it is: begun, ended where it was issued, looked at again by each source that has it, and gone. */
export function Retirement({
  finding,
  identityName,
}: {
  readonly finding: Finding;
  readonly identityName: string | null;
}) {
  const { retirement } = finding;
  const queries = useQueryClient();
  const plan = useQuery(retirementQuery(finding.id)).data;
  const places = useInfiniteQuery({ ...placesQuery(finding.id), refetchInterval: RETIRING_MILLISECONDS });
  const rotation = useQuery({ ...rotationQuery(plan?.rotationId ?? ''), enabled: plan?.rotationId != null }).data;
  const here = rowsOf(places).filter(({ goneAt }) => goneAt === null);
  const sources = useQueries({ queries: [...new Set(here.map(({ sourceId }) => sourceId))].map(sourceQuery) });
  const watching = sources.flatMap(({ data }) => data ?? []);
  const isRead = places.isSuccess && sources.every(({ isPending }) => !isPending);
  const look = useMutation({
    mutationFn: () =>
      Promise.all(
        watching
          .filter(({ run, status }) => status === 'active' && !isUnderWay(run))
          .map(({ id }) => answerOf(service.POST('/v1/sources/{id}/runs', { params: { path: { id } }, body: {} }))),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sources'] }),
  });
  if (retirement === null) return null;
  const { at, by, way, reason } = retirement;
  const isRotated = rotation?.run === null && isAfter(rotation.rotatedAt, at);
  const ended: Kind = way === 'steps' || (way === 'rotate' && !isRotated) ? 'now' : 'done';
  const looked = watching.filter(({ lastGoodAt }) => isAfter(lastGoodAt, at));
  const lookedKind: Kind = watching.length > 0 && looked.length === watching.length ? 'stuck' : 'now';
  return (
    <>
      <ol className={classes.way} aria-label="Retirement">
        <Step kind="done" title="Begun">
          <Instant at={at} /> by <Party id={by} />: “{reason}”
        </Step>
        <Step kind={ended} title={ENDS[way]}>
          {way === 'rotate' &&
            (isRotated ? (
              'The old one is withdrawn, and was proved dead.'
            ) : rotation ? (
              <>
                Under way:{' '}
                <Link to="/rotation/$id" params={{ id: rotation.id }}>
                  how far it has come
                </Link>
              </>
            ) : (
              'Under way'
            ))}
          {way === 'revoke-certificate' && 'Every server that enforces Muster refuses it.'}
          {way === 'close-account' && 'Its target was looked at afterwards.'}
          {way === 'steps' && plan && <Steps steps={plan.steps} finding={finding} identityName={identityName} />}
        </Step>
        <Step kind={lookedKind} title="Its sources look again">
          {isRead && watching.length === 0 && 'None of them is looked at any more.'}
          {lookedKind === 'stuck' && 'They have looked, and it is still there: take it away there, then look again.'}
          <ul className={classes.sources}>
            {watching.map((source) => (
              <Looked key={source.id} source={source} since={at} />
            ))}
          </ul>
          {watching.length > 0 && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconRadar2 size={14} aria-hidden />}
              loading={look.isPending || watching.some(({ run }) => isUnderWay(run))}
              onClick={() => look.mutate()}
            >
              Look now
            </Button>
          )}
          {look.isError && <ProblemPanel problem={look.error} title="Not every source is looked at." />}
        </Step>
        <Step kind="later" title="Closed">
          Once no source sees it, it is closed by itself.
        </Step>
      </ol>
    </>
  );
}

function isAfter(instant: string | null, other: string): boolean {
  return instant !== null && Date.parse(instant) > Date.parse(other);
}

const ENDS = {
  'revoke-certificate': 'The certificate is revoked',
  rotate: 'A new one takes its place',
  'close-account': 'The account is closed',
  steps: 'People end it where it was issued',
} as const;

function Step({
  kind,
  title,
  children,
}: {
  readonly kind: Kind;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <li data-kind={kind} aria-current={kind === 'now' ? 'step' : undefined}>
      <span>
        {kind === 'done' && <IconCircleCheck size={18} role="img" aria-label="Done" />}
        {kind === 'now' && <Loader size={16} role="img" aria-label="Goes on" />}
        {kind === 'later' && <IconCircle size={18} role="img" aria-label="Later" />}
        {kind === 'stuck' && <IconCircleX size={18} role="img" aria-label="Not yet" />}
      </span>
      <div>
        <strong>{title}</strong>
        <div className={classes.about}>{children}</div>
      </div>
    </li>
  );
}

function Looked({ source, since }: { readonly source: Source; readonly since: string }) {
  const { id, name, lastGoodAt, run, health } = source;
  return (
    <li>
      <Link to="/sources/$id" params={{ id }}>
        {name}
      </Link>
      {isUnderWay(run)
        ? ' is looked at now'
        : isAfter(lastGoodAt, since)
          ? ' looked, and still sees it'
          : health === 'failing'
            ? ' could not be looked at'
            : ' has not looked since'}
    </li>
  );
}
