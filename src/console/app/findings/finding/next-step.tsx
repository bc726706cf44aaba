import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Section } from '../../page/section.js';
import { Party } from '../../people/party.js';
import { hasRole, RESPONDERS, useMe } from '../../session/me.js';
import { Instant } from '../../time/instant.js';
import { toast } from '../../toast/toast.js';
import { useDeeds } from '../deeds/finding-changes.js';
import { draftQuery, type Finding, retirementQuery } from '../findings-queries.js';
import { WAYS } from '../finding-words.js';
import { adviceOf } from './advice.js';
import { Retirement } from './retirement.js';
import { Steps } from './steps.js';
import classes from './next-step.module.css';

/** What wants to be done with it now, by whom, and how; or why nothing does. */
export function NextStep({
  finding,
  identityName,
}: {
  readonly finding: Finding;
  readonly identityName: string | null;
}) {
  const { state, dismissal, mergedInto } = finding;
  if (state === 'retiring')
    return (
      <Section title="How its retirement goes">
        <Retirement finding={finding} identityName={identityName} />
      </Section>
    );
  return (
    <Section title="What to do">
      <div className={classes.next}>
        {state === 'dismissed' && dismissal !== null && (
          <p>
            Nothing, <Instant at={dismissal.until} />: <Party id={dismissal.by} /> dismissed it. “{dismissal.reason}”
          </p>
        )}
        {state === 'merged' && mergedInto !== null && (
          <p>
            It is one with{' '}
            <Link to="/findings/$id" params={{ id: mergedInto }}>
              another finding
            </Link>
            : decide about that one.
          </p>
        )}
        {state === 'closed' && <p>Nothing: no source sees it any more.</p>}
        {state === 'settled' && <p>Nothing. Should it turn up where it does not belong, it is open again.</p>}
        {state === 'open' && <Advice finding={finding} identityName={identityName} />}
      </div>
    </Section>
  );
}

function Advice({ finding, identityName }: { readonly finding: Finding; readonly identityName: string | null }) {
  const plan = useQuery(retirementQuery(finding.id)).data;
  const { words, retires } = adviceOf(finding, identityName);
  return (
    <>
      <p>{words}</p>
      <Whom finding={finding} />
      {retires && plan && (
        <details className={classes.steps}>
          <summary>How it would be retired: {WAYS[plan.way].charAt(0).toLowerCase() + WAYS[plan.way].slice(1)}</summary>
          <Steps steps={plan.steps} finding={finding} identityName={identityName} />
        </details>
      )}
    </>
  );
}

/** Who may know whose it is, and why they of all people. */
function Whom({ finding }: { readonly finding: Finding }) {
  const me = useMe();
  const deeds = useDeeds();
  const rows = useId();
  const custodians = useQuery(draftQuery(finding.id)).data?.custodians ?? [];
  if (custodians.length === 0) return null;
  const mayWork = hasRole(me, ...RESPONDERS);
  const given = deeds.variables?.deed.kind === 'assign' ? deeds.variables.deed.personId : null;
  const refused = deeds.data?.refused[0]?.problem;
  const give = (personId: string) =>
    deeds.mutate(
      { findings: [finding], deed: { kind: 'assign', personId } },
      { onSuccess: ({ done }) => done.length > 0 && toast('It is assigned.') },
    );
  return (
    <div>
      <h3 className={classes.heading}>Who may know</h3>
      <ul className={classes.people}>
        {custodians.map(({ personId, because }) => (
          <li key={personId}>
            <span id={`${rows}${personId}`}>
              <strong>
                <Party id={personId} />
              </strong>
              <small>{because}</small>
            </span>
            {mayWork && finding.assigneeId !== personId && (
              <Button
                size="compact-xs"
                variant="default"
                leftSection={<IconUserPlus size={13} aria-hidden />}
                aria-describedby={`${rows}${personId}`}
                loading={deeds.isPending && given === personId}
                onClick={() => give(personId)}
              >
                Assign
              </Button>
            )}
          </li>
        ))}
      </ul>
      {refused != null && <ProblemPanel problem={refused} title="It is not assigned." />}
    </div>
  );
}
