import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Approval } from '../../approvals/approvals-queries.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { useMe } from '../../session/me.js';
import { Instant } from '../../time/instant.js';
import { consentsQuery, type WholeRun } from '../rotation-queries.js';
import { OVERRIDABLE, useOverride } from './run-deeds.js';
import classes from '../rotation.module.css';

/** The second person whom an override waits for, and the way on once they have agreed. */
export function Consents({ run }: { readonly run: WholeRun }) {
  const mayWait = run.endedAt === null && OVERRIDABLE.has(run.step) && run.overriddenBy === null;
  const asked = useQuery({ ...consentsQuery(run.id), enabled: mayWait }).data ?? [];
  const standing = asked.find(
    ({ state, spentAt }) => state === 'pending' || (state === 'approved' && spentAt === null),
  );
  if (!mayWait || !standing) return null;
  if (standing.state === 'approved') return <Agreed run={run} approval={standing} />;
  return (
    <div className={classes.card} role="status">
      <p>
        <Party id={standing.requester} /> asked{' '}
        <Link to="/approvals/$id" params={{ id: standing.id }}>
          for a second person’s consent
        </Link>{' '}
        to override it; it ends <Instant at={standing.expiresAt} />.
      </p>
    </div>
  );
}

function Agreed({ run, approval }: { readonly run: WholeRun; readonly approval: Approval }) {
  const me = useMe();
  const override = useOverride(run, () => undefined);
  const reason = reasonIn(approval);
  return (
    <div className={classes.card} role="status">
      <p>
        <Party id={approval.decidedBy} /> has agreed that the old one is withdrawn whoever still uses it
        {reason !== undefined && <>: “{reason}”</>}.
      </p>
      {approval.requester === me.person.id && reason !== undefined && (
        <div className={classes.deeds}>
          <Button color="red.8" loading={override.isPending} onClick={() => override.mutate(reason)}>
            Withdraw the old one
          </Button>
        </div>
      )}
      {override.isError && <ProblemPanel problem={override.error} title="It is not withdrawn." />}
    </div>
  );
}

/** The reason that was agreed to: with any other it would have to be asked for anew. */
function reasonIn({ payload }: Approval): string | undefined {
  const asked =
    payload === null ? undefined : (JSON.parse(payload) as { readonly body?: { readonly reason?: unknown } });
  return typeof asked?.body?.reason === 'string' ? asked.body.reason : undefined;
}
