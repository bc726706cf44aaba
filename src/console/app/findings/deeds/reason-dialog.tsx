import { useQueryClient } from '@tanstack/react-query';
import { ReasonedDialog } from '../../dialog/reasoned-dialog.js';
import { answerOf, service } from '../../service/service.js';
import { toast } from '../../toast/toast.js';
import { nameOf } from '../finding-names.js';
import type { Finding } from '../findings-queries.js';
import { useFindingChanged } from './finding-changes.js';

/** What was decided, taken back. */
const DEEDS = {
  reopen: {
    path: '/v1/findings/{id}/reopening',
    verb: 'Open again',
    done: 'It is open again.',
    lead: 'It waits for somebody again, and is due anew. What was begun elsewhere to end it goes on there.',
  },
  split: {
    path: '/v1/findings/{id}/split',
    verb: 'Split off',
    done: 'It stands by itself again.',
    lead: 'It is a finding of its own again, with the places where it stands.',
  },
} as const;

interface ReasonDialogProps {
  readonly finding: Finding;
  readonly deed: keyof typeof DEEDS;
  readonly onClose: () => void;
}

export function ReasonDialog({ finding, deed, onClose }: ReasonDialogProps) {
  const { path, verb, done, lead } = DEEDS[deed];
  const queries = useQueryClient();
  const changed = useFindingChanged();
  return (
    <ReasonedDialog
      title={`${verb}: ${nameOf(finding)}`}
      lead={lead}
      verb={verb}
      longest={1_000}
      act={(reason) => answerOf(service.POST(path, { params: { path: { id: finding.id } }, body: { reason } }))}
      onDone={(after) => {
        changed(after);
        toast(done);
        return queries.invalidateQueries({ queryKey: ['findings'] });
      }}
      onClose={onClose}
    />
  );
}
