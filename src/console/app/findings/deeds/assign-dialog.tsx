import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { PersonSelect } from '../../people/person-select.js';
import { toast } from '../../toast/toast.js';
import { nameOf } from '../finding-names.js';
import type { Finding } from '../findings-queries.js';
import { useDeedOnAll } from './finding-changes.js';

interface AssignDialogProps {
  readonly findings: readonly Finding[];
  readonly onClose: () => void;
}

/** Gives findings to somebody, or to nobody. */
export function AssignDialog({ findings, onClose }: AssignDialogProps) {
  const many = findings.length > 1;
  const [personId, setPerson] = useState<string | null>(many ? null : (findings[0]?.assigneeId ?? null));
  const { act, left, ...tried } = useDeedOnAll(findings);
  const assign = () => {
    void act({ kind: 'assign', personId }, () => {
      toast(personId === null ? 'Nobody has it now.' : many ? 'They are assigned.' : 'It is assigned.');
      onClose();
    });
  };
  return (
    <Dialog
      title={left.length > 1 ? `Assign ${left.length} findings` : `Assign: ${nameOf(left[0]!)}`}
      lead="Whoever has it sees it under “Mine”. Leave it empty to give it to nobody."
      verb="Assign"
      {...tried}
      onSubmit={assign}
      onClose={onClose}
    >
      <PersonSelect label="Who looks after it" value={personId} onChange={setPerson} />
    </Dialog>
  );
}
