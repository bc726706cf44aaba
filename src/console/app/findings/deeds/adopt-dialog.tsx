import { Radio } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { IdentitySelect } from '../../reviews/targets/identity-select.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { toast } from '../../toast/toast.js';
import { nameOf } from '../finding-names.js';
import { draftQuery, type Finding } from '../findings-queries.js';
import { useFindingChanged } from './finding-changes.js';
import classes from './deeds.module.css';

/** Makes it somebody’s: of an identity that is registered, or of one that is registered for it now. */
export function AdoptDialog({ finding, onClose }: { readonly finding: Finding; readonly onClose: () => void }) {
  const me = useMe();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const changed = useFindingChanged();
  const draft = useQuery(draftQuery(finding.id)).data;
  const mayRegister = hasRole(me, 'administrator', 'platform-engineer');
  const [way, setWay] = useState<'known' | 'new'>(finding.identityId !== null || !mayRegister ? 'known' : 'new');
  const [identityId, setIdentity] = useState(finding.identityId);
  const adopt = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/findings/{id}/adoption', {
          params: { path: { id: finding.id } },
          body: { identityId: identityId ?? '' },
        }),
      ),
    onSuccess: async (after) => {
      changed(after);
      toast('It is adopted.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['findings'] });
      await queries.invalidateQueries({ queryKey: ['identities'] });
    },
  });
  const submit = () =>
    way === 'new' ? void navigate({ to: '/register', search: { finding: finding.id } }) : adopt.mutate();
  return (
    <Dialog
      title={`Adopt: ${nameOf(finding)}`}
      lead="Somebody answers for it from now on, and whatever is found of it again is known."
      verb={way === 'new' ? 'Fill in the registration' : 'Adopt'}
      isPending={adopt.isPending}
      problem={adopt.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Radio.Group label="Whose it is" value={way} onChange={(next) => setWay(next)}>
        <div className={classes.choices}>
          <Radio value="known" label="An identity that is registered" />
          <Radio
            value="new"
            label="One that nobody registered yet"
            description={
              mayRegister
                ? 'Its facts and who may answer for it are filled in; you complete them.'
                : 'An administrator or a platform engineer registers it: send them this page.'
            }
            disabled={!mayRegister}
          />
        </div>
      </Radio.Group>
      {way === 'known' && <IdentitySelect label="Identity" value={identityId} onChange={setIdentity} />}
      {draft && (draft.aliases.length > 0 || draft.registersKey) && (
        <div className={classes.follows}>
          <h3>What is registered with it</h3>
          <ul>
            {draft.aliases.map((alias) => (
              <li key={alias}>
                the name <code>{alias}</code>
              </li>
            ))}
            {draft.registersKey && <li>this credential, by its keyed fingerprint, as a key of {draft.system}</li>}
          </ul>
        </div>
      )}
    </Dialog>
  );
}
