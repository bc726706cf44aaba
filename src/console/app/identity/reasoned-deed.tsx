import { useQueryClient } from '@tanstack/react-query';
import { ReasonedDialog } from '../dialog/reasoned-dialog.js';
import type { Identity } from '../identities/identities-queries.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';

/** Deeds that stand with a reason in the log. */
export const REASONED_DEEDS = {
  suspend: {
    path: '/v1/identities/{id}/suspension',
    verb: 'Suspend',
    done: 'is suspended',
    lead: 'Nothing new is issued to it, and every server that enforces Muster refuses what it holds within seconds. It can be resumed.',
  },
  resume: {
    path: '/v1/identities/{id}/resumption',
    verb: 'Resume',
    done: 'works again',
    lead: 'It may be given credentials again, and those that have not expired are honoured.',
  },
  retire: {
    path: '/v1/identities/{id}/retirement',
    verb: 'Retire for good',
    done: 'is retired',
    lead: 'Its credentials are revoked, and it never works again. Its name and SPIFFE id stay taken.',
  },
} as const;

export type ReasonedDeedName = keyof typeof REASONED_DEEDS;

interface ReasonedDeedProps {
  readonly identity: Identity;
  readonly deed: ReasonedDeedName;
  readonly onClose: () => void;
}

export function ReasonedDeed({ identity, deed, onClose }: ReasonedDeedProps) {
  const { path, verb, done, lead } = REASONED_DEEDS[deed];
  const queries = useQueryClient();
  return (
    <ReasonedDialog
      title={`${verb}: ${identity.name}`}
      lead={lead}
      verb={verb}
      isDangerous={deed !== 'resume'}
      act={(reason) => answerOf(service.POST(path, { params: { path: { id: identity.id } }, body: { reason } }))}
      onDone={() => {
        toast(`${identity.name} ${done}.`);
        return queries.invalidateQueries({ queryKey: ['identities'] });
      }}
      onClose={onClose}
    />
  );
}
