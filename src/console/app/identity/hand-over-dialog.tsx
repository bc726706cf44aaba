import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import type { Identity } from '../identities/identities-queries.js';
import { PersonSelect } from '../people/person-select.js';
import { usePersons } from '../people/people-queries.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';

interface HandOverDialogProps {
  readonly identity: Identity;
  readonly onClose: () => void;
}

/** Names both custodians anew. */
export function HandOverDialog({ identity, onClose }: HandOverDialogProps) {
  const queries = useQueryClient();
  const now = [identity.primaryCustodianId, identity.backupCustodianId].filter((id) => id !== null);
  const live = new Set(usePersons(now).flatMap(({ id, status }) => (status === 'active' ? [id] : [])));
  const here = (id: string | null) => (id !== null && live.has(id) ? id : null);
  const [primary, setPrimary] = useState<string | null | undefined>();
  const [backup, setBackup] = useState<string | null | undefined>();
  const primaryId = primary === undefined ? here(identity.primaryCustodianId) : primary;
  const backupId = backup === undefined ? here(identity.backupCustodianId) : backup;
  const handOver = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/identities/{id}/hand-over', {
          params: { path: { id: identity.id } },
          body: { primaryCustodianId: primaryId ?? '', backupCustodianId: backupId ?? '' },
        }),
      ),
    onSuccess: async () => {
      toast(`${identity.name} is handed over.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['identities'] });
    },
  });
  return (
    <Dialog
      title={`Hand over: ${identity.name}`}
      lead="Both people answer for it from now on: they review it, and are asked when it wants something."
      verb="Hand over"
      isPending={handOver.isPending}
      problem={handOver.error}
      onSubmit={() => handOver.mutate()}
      onClose={onClose}
    >
      <PersonSelect label="Primary custodian" required value={primaryId} onChange={setPrimary} except={[backupId]} />
      <PersonSelect label="Backup custodian" required value={backupId} onChange={setBackup} except={[primaryId]} />
    </Dialog>
  );
}
