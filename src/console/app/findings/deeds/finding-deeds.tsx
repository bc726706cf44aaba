import { Button, Menu } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowMerge,
  IconArrowsSplit,
  IconHeartHandshake,
  IconMoodOff,
  IconTrash,
  IconUser,
  IconUserPlus,
} from '@tabler/icons-react';
import { useState } from 'react';
import { MoreMenu } from '../../page/more-menu.js';
import { asProblem } from '../../service/problem.js';
import { hasRole, RESPONDERS, useMe } from '../../session/me.js';
import { toast } from '../../toast/toast.js';
import type { Finding } from '../findings-queries.js';
import { AdoptDialog } from './adopt-dialog.js';
import { AssignDialog } from './assign-dialog.js';
import { DismissDialog } from './dismiss-dialog.js';
import { useDeeds } from './finding-changes.js';
import { MergeDialog } from './merge-dialog.js';
import { ReasonDialog } from './reason-dialog.js';
import { RetireDialog } from './retire-dialog.js';

type Deed = 'adopt' | 'retire' | 'dismiss' | 'assign' | 'merge' | 'split' | 'reopen';

/** What of a finding is whose already, so that nobody adopts it. */
const WHOSE = new Set<Finding['verdict']>(['ghost', 'registered', 'misplaced', 'human', 'placeholder']);
/** What may open something: a ghost is not there, and a sample opens nothing. */
const OPENS = new Set<Finding['verdict']>([
  'shadow-identity',
  'shadow-credential',
  'misplaced',
  'unattributed',
  'registered',
]);

/** What can be done about a finding now, by this person: what it wants first. What is allowed in the end, the service decides. */
export function FindingDeeds({ finding }: { readonly finding: Finding }) {
  const me = useMe();
  const [open, setOpen] = useState<Deed>();
  const deeds = useDeeds();
  const close = () => setOpen(undefined);
  const { state, verdict } = finding;
  if (!hasRole(me, ...RESPONDERS)) return null;
  const stands = state !== 'merged' && state !== 'closed';
  const waits = state === 'open' || state === 'retiring';
  const mayAdopt = stands && state !== 'settled' && !WHOSE.has(verdict);
  const mayRetire = stands && state !== 'retiring' && OPENS.has(verdict);
  const retiresFirst = verdict === 'misplaced' || (verdict === 'shadow-credential' && finding.exposedCount > 0);
  const adoptsFirst = mayAdopt && !retiresFirst && verdict !== 'unattributed';
  const take = () =>
    deeds.mutate(
      { findings: [finding], deed: { kind: 'assign', personId: me.person.id } },
      {
        onSuccess: ({ done, refused }) =>
          toast(done.length > 0 ? 'It is yours.' : asProblem(refused[0]?.problem).message),
      },
    );
  return (
    <>
      {mayAdopt && (
        <Button
          variant={adoptsFirst ? 'filled' : 'default'}
          leftSection={<IconHeartHandshake size={16} aria-hidden />}
          onClick={() => setOpen('adopt')}
        >
          Adopt
        </Button>
      )}
      {mayRetire && (
        <Button
          variant={retiresFirst ? 'filled' : 'default'}
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => setOpen('retire')}
        >
          Retire
        </Button>
      )}
      {waits && (
        <Button
          variant="default"
          leftSection={<IconMoodOff size={16} aria-hidden />}
          onClick={() => setOpen('dismiss')}
        >
          Dismiss
        </Button>
      )}
      {(state === 'dismissed' || state === 'retiring') && (
        <Button
          variant="default"
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          onClick={() => setOpen('reopen')}
        >
          Open again
        </Button>
      )}
      {state === 'merged' && (
        <Button
          variant="default"
          leftSection={<IconArrowsSplit size={16} aria-hidden />}
          onClick={() => setOpen('split')}
        >
          Split off
        </Button>
      )}
      {stands && finding.assigneeId !== me.person.id && (
        <Button
          variant="default"
          leftSection={<IconUser size={16} aria-hidden />}
          loading={deeds.isPending}
          onClick={take}
        >
          Take
        </Button>
      )}
      {stands && (
        <MoreMenu>
          <Menu.Item leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setOpen('assign')}>
            Assign
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowMerge size={16} aria-hidden />} onClick={() => setOpen('merge')}>
            Merge with another
          </Menu.Item>
        </MoreMenu>
      )}
      {open === 'adopt' && <AdoptDialog finding={finding} onClose={close} />}
      {open === 'retire' && <RetireDialog finding={finding} onClose={close} />}
      {open === 'dismiss' && <DismissDialog findings={[finding]} onClose={close} />}
      {open === 'assign' && <AssignDialog findings={[finding]} onClose={close} />}
      {open === 'merge' && <MergeDialog finding={finding} onClose={close} />}
      {(open === 'split' || open === 'reopen') && <ReasonDialog finding={finding} deed={open} onClose={close} />}
    </>
  );
}
