import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { ReasonField } from '../../dialog/reason-field.js';
import { answerOf, service } from '../../service/service.js';
import { toast } from '../../toast/toast.js';
import { nameOf } from '../finding-names.js';
import { type Finding, type PlannedRetirement, retirementQuery } from '../findings-queries.js';
import { useFindingChanged } from './finding-changes.js';

const LEADS: Readonly<Record<PlannedRetirement['way'], string>> = {
  'revoke-certificate':
    'Muster revokes the certificate: every server that enforces Muster refuses it within seconds. It is closed once its sources see it no more.',
  rotate:
    'Muster makes a new one, moves everybody over, and withdraws this one once nobody is left on it. It is closed once its sources see it no more.',
  'close-account':
    'Muster closes the account on its target and looks whether it is closed. It is closed here once its sources see it no more.',
  steps:
    'Muster cannot reach whoever issued it: you are told what to do there. It is closed once its sources see it no more.',
};

/** Has what was found open nothing any more: first how, then a passkey over exactly that. */
export function RetireDialog({ finding, onClose }: { readonly finding: Finding; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const changed = useFindingChanged();
  const found = useQuery(retirementQuery(finding.id));
  const plan = found.data;
  const [reason, setReason] = useState('');
  const retire = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/findings/{id}/retirement', {
          params: { path: { id: finding.id } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: async ({ finding: after }) => {
      changed(after);
      toast(after.retirement?.way === 'steps' ? 'It is being retired: the steps are below.' : 'It is being retired.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['findings', 'one', finding.id] });
    },
  });
  return (
    <Dialog
      title={`Retire: ${nameOf(finding)}`}
      lead={plan ? LEADS[plan.way] : found.isError ? undefined : 'Looking how it can be ended…'}
      verb={found.isError ? 'Look again' : 'Retire'}
      isDangerous={!found.isError}
      isPending={retire.isPending || found.isFetching}
      problem={retire.error ?? found.error}
      onSubmit={() => (found.isSuccess ? retire.mutate() : void found.refetch())}
      onClose={onClose}
    >
      {!found.isError && (
        <ReasonField
          description="Stands in the log for good, and is signed with your passkey. No secrets."
          longest={1_000}
          value={reason}
          onChange={setReason}
        />
      )}
    </Dialog>
  );
}
