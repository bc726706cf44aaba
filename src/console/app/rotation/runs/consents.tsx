import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Approval } from '../../approvals/approvals-queries.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { useMe } from '../../session/me.js';
import { Instant } from '../../time/instant.js';
import { consentsQuery, type WholeRun } from '../rotation-queries.js';
import { agreedTo, shownOf } from './agreed.js';
import { useForget } from './forget.js';
import { OVERRIDABLE, useOverride } from './run-deeds.js';
import classes from '../rotation.module.css';

/** The second people whom an override and forgetting somebody wait for, and the way on once they have agreed. */
export function Consents({ run }: { readonly run: WholeRun }) {
  const { person } = useMe();
  const isWatched = run.endedAt === null && OVERRIDABLE.has(run.step);
  const mayOverride = isWatched && run.overriddenBy === null;
  const overrides = useQuery({ ...consentsQuery('rotation.override', run.id), enabled: mayOverride }).data ?? [];
  const forgettings = useQuery({ ...consentsQuery('rotation.forget', run.rotationId), enabled: isWatched }).data ?? [];
  const override = mayOverride ? shownOf(overrides, person.id) : undefined;
  const missing = isWatched ? (run.evidence?.missing ?? []) : [];
  return (
    <>
      {override && <Overriding run={run} approval={override} />}
      {missing.map((consumer) => {
        const about = forgettings.filter((one) => agreedTo(one).consumer === consumer);
        const asked = shownOf(about, person.id);
        return asked && <Forgetting key={consumer} run={run} consumer={consumer} approval={asked} />;
      })}
    </>
  );
}

interface ConsentProps {
  readonly run: WholeRun;
  readonly approval: Approval;
}

function Overriding({ run, approval }: ConsentProps) {
  const override = useOverride(run, () => undefined);
  return (
    <Consent
      approval={approval}
      wanted="to override it"
      agreed="the old one is withdrawn whoever still uses it"
      verb="Withdraw the old one"
      failed="It is not withdrawn."
      deed={override}
      onGoOn={(reason) => override.mutate(reason)}
    />
  );
}

function Forgetting({ run, approval, consumer }: ConsentProps & { readonly consumer: string }) {
  const forget = useForget(run, () => undefined);
  return (
    <Consent
      approval={approval}
      wanted={`to wait no more for ${consumer}`}
      agreed={`nobody waits for ${consumer} any more`}
      verb={`Wait no more for ${consumer}`}
      failed="It is waited for still."
      deed={forget}
      onGoOn={(reason) => forget.mutate({ consumer, reason })}
    />
  );
}

interface Asked {
  readonly approval: Approval;
  readonly wanted: string;
  readonly agreed: string;
  readonly verb: string;
  readonly failed: string;
  readonly deed: { readonly isPending: boolean; readonly isError: boolean; readonly error: unknown };
  /** With the reason that was agreed to. */
  readonly onGoOn: (reason: string) => void;
}

function Consent({ approval, wanted, agreed, verb, failed, deed, onGoOn }: Asked): ReactNode {
  const me = useMe();
  const { reason } = agreedTo(approval);
  if (approval.state === 'pending')
    return (
      <div className={classes.card} role="status">
        <p>
          <Party id={approval.requester} /> asked{' '}
          <Link to="/approvals/$id" params={{ id: approval.id }}>
            for a second person’s consent
          </Link>{' '}
          {wanted}; it ends <Instant at={approval.expiresAt} />.
        </p>
      </div>
    );
  return (
    <div className={classes.card} role="status">
      <p>
        <Party id={approval.decidedBy} /> has agreed that {agreed}
        {reason !== undefined && <>: “{reason}”</>}.
      </p>
      {approval.requester === me.person.id && reason !== undefined && (
        <div className={classes.deeds}>
          <Button color="red.8" loading={deed.isPending} onClick={() => onGoOn(reason)}>
            {verb}
          </Button>
        </div>
      )}
      {deed.isError && <ProblemPanel problem={deed.error} title={failed} />}
    </div>
  );
}
