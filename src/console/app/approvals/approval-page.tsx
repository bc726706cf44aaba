import { Button, Textarea } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Copyable } from '../page/copyable.js';
import { Facts } from '../page/facts.js';
import { Page } from '../page/page.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { Named } from '../people/named.js';
import { Party } from '../people/party.js';
import { Payload } from '../payload/payload.js';
import { answerOf, service } from '../service/service.js';
import { useMe } from '../session/me.js';
import { Instant } from '../time/instant.js';
import { toast } from '../toast/toast.js';
import { deed } from '../words/deeds.js';
import { ApprovalPill } from './approval-words.js';
import { type Approval, approvalQuery } from './approvals-queries.js';
import classes from './approval-page.module.css';

const route = getRouteApi('/signed-in/approvals/$id');

/** One request: exactly what is asked, who asks, and the decision. */
export function ApprovalPage() {
  const { id } = route.useParams();
  const approval = useSuspenseQuery(approvalQuery(id)).data;
  return (
    <Page
      title={<Named words={approval.summary} />}
      tab="Approval"
      over={
        <>
          <Link to="/approvals">Approvals</Link> / {deed(approval.action)}
        </>
      }
      beside={<ApprovalPill approval={approval} />}
    >
      {approval.state === 'pending' && <Decision approval={approval} />}
      <Section title="Exactly this is asked" lead="If any of it changes, the request ends and must be made anew.">
        <Payload json={approval.payload} />
        {approval.payloadWithheld && (
          <p className={classes.note}>A secret is left out here; the digest covers it too.</p>
        )}
      </Section>
      <Section title="The request">
        <Facts
          facts={[
            ['Asked by', <Party key="by" id={approval.requester} />],
            ['Asked', <Instant key="at" at={approval.createdAt} full />],
            approval.state === 'pending' && ['Expires', <Instant key="until" at={approval.expiresAt} />],
            approval.subject.startsWith('mid_') && [
              'About',
              <Link key="about" to="/identities/$id" params={{ id: approval.subject }}>
                The identity
              </Link>,
            ],
            approval.decidedBy !== null && ['Decided by', <Party key="decider" id={approval.decidedBy} />],
            approval.decidedFor !== null && ['In the place of', <Party key="for" id={approval.decidedFor} />],
            approval.decidedAt !== null && ['Decided', <Instant key="decided" at={approval.decidedAt} full />],
            approval.reason !== null && ['Reason', `“${approval.reason}”`],
            approval.spentAt !== null && ['Used', <Instant key="spent" at={approval.spentAt} full />],
            ['Digest', <Copyable key="digest" what="digest" text={approval.payloadDigest} />],
            ['Id', <Copyable key="id" what="id" text={approval.id} />],
          ]}
        />
      </Section>
    </Page>
  );
}

function Decision({ approval }: { readonly approval: Approval }) {
  const me = useMe();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const refreshed = () => queries.invalidateQueries({ queryKey: ['approvals'] });
  const path = { params: { path: { id: approval.id } } };
  const decide = useMutation({
    mutationFn: (verdict: 'approve' | 'deny') =>
      answerOf(service.POST('/v1/approvals/{id}/decision', { ...path, body: { verdict, reason } })),
    onSuccess: (_approval, verdict) => (toast(verdict === 'approve' ? 'Approved.' : 'Denied.'), refreshed()),
  });
  const cancel = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/approvals/{id}/cancellation', path)),
    onSuccess: () => (toast('The request is taken back.'), refreshed()),
  });
  if (approval.requester === me.person.id)
    return (
      <div className={classes.decision}>
        <p>
          You asked for this, so somebody else decides.{' '}
          {approval.eligibleApproverIds.length > 0 ? (
            <>
              It can be:{' '}
              {approval.eligibleApproverIds.slice(0, 5).map((id, at) => (
                <span key={id}>
                  {at > 0 && ', '}
                  <Party id={id} />
                </span>
              ))}
              {approval.eligibleApproverIds.length > 5 && ` and ${approval.eligibleApproverIds.length - 5} more`}.
            </>
          ) : (
            'But nobody here may: invite another custodian or administrator.'
          )}
        </p>
        <div className={classes.verdicts}>
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            Take the request back
          </Button>
        </div>
        {cancel.isError && <ProblemPanel problem={cancel.error} />}
      </div>
    );
  if (!approval.canDecide)
    return (
      <div className={classes.decision}>
        <p>You cannot decide this: it takes somebody with the right role who had no hand in it.</p>
      </div>
    );
  return (
    <form className={classes.decision} onSubmit={(event) => event.preventDefault()}>
      <Textarea
        label="Your reason"
        description="The requester reads it, and it stands in the log for good."
        required
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {decide.isError && <ProblemPanel problem={decide.error} title="It is not decided." />}
      <div className={classes.verdicts}>
        <Button
          leftSection={<IconCheck size={16} aria-hidden />}
          disabled={reason.trim() === ''}
          loading={decide.isPending && decide.variables === 'approve'}
          onClick={() => decide.mutate('approve')}
        >
          Approve
        </Button>
        <Button
          variant="default"
          leftSection={<IconX size={16} aria-hidden />}
          disabled={reason.trim() === ''}
          loading={decide.isPending && decide.variables === 'deny'}
          onClick={() => decide.mutate('deny')}
        >
          Deny
        </Button>
      </div>
    </form>
  );
}
