import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Dialog } from '../dialog/dialog.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import type { BreakGlass } from './break-glass-queries.js';

interface EndDialogProps {
  readonly one: BreakGlass;
  readonly onClose: () => void;
}

/** Gives the roles back before their time. */
export function EndDialog({ one, onClose }: EndDialogProps) {
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/break-glass/{id}/end', { params: { path: { id: one.id } } })),
    onSuccess: async () => {
      toast('The roles are given back.');
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog
      title="Give the roles back?"
      lead="They end at once. The review is still due."
      verb="Give them back"
      isPending={end.isPending}
      problem={end.error}
      onSubmit={() => end.mutate()}
      onClose={onClose}
    />
  );
}
