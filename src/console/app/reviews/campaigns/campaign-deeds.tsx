import { Button, Menu, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { ReasonedDialog } from '../../dialog/reasoned-dialog.js';
import { MoreMenu } from '../../page/more-menu.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { PersonSelect } from '../../people/person-select.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { toast } from '../../toast/toast.js';
import { dayOf, endOfDay } from '../days.js';
import type { Campaign } from '../reviews-queries.js';
import { EXPORT_FORMATS, exportCampaign, type ExportFormat } from './exports.js';

/** What can be done with a campaign as a whole. */
export function CampaignDeeds({ campaign }: { readonly campaign: Campaign }) {
  const me = useMe();
  const [open, setOpen] = useState<'change' | 'cancel'>();
  const save = useMutation({ mutationFn: (format: ExportFormat) => exportCampaign(campaign, format) });
  const mayExport = campaign.frozenAt !== null && hasRole(me, 'administrator', 'analyst', 'auditor');
  const runs = campaign.ownerId === me.person.id || hasRole(me, 'administrator');
  const isRunning = campaign.state === 'open' || campaign.state === 'staging';
  return (
    <>
      {mayExport && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} loading={save.isPending}>
              Export
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {EXPORT_FORMATS.map(({ format, name }) => (
              <Menu.Item key={format} onClick={() => save.mutate(format)}>
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {runs && isRunning && (
        <MoreMenu>
          <Menu.Item onClick={() => setOpen('change')}>Change</Menu.Item>
          <Menu.Item color="red" onClick={() => setOpen('cancel')}>
            Cancel the campaign
          </Menu.Item>
        </MoreMenu>
      )}
      {save.isError && <ProblemPanel problem={save.error} title="It is not exported." />}
      {open === 'change' && <ChangeDialog campaign={campaign} onClose={() => setOpen(undefined)} />}
      {open === 'cancel' && <CancelDialog campaign={campaign} onClose={() => setOpen(undefined)} />}
    </>
  );
}

interface DeedProps {
  readonly campaign: Campaign;
  readonly onClose: () => void;
}

function ChangeDialog({ campaign: live, onClose }: DeedProps) {
  const queries = useQueryClient();
  // As the fields are taken from it; what is read later is another version.
  const [campaign] = useState(live);
  const dueOn = dayOf(new Date(campaign.dueAt));
  const [name, setName] = useState(campaign.name);
  const [due, setDue] = useState(dueOn);
  const [ownerId, setOwner] = useState<string | null>(campaign.ownerId);
  const [managementId, setManagement] = useState<string | null>(campaign.managementId);
  const change = useMutation({
    mutationFn: () =>
      answerOf(
        service.PATCH('/v1/review-campaigns/{id}', {
          params: { path: { id: campaign.id }, header: { 'If-Match': `"v${campaign.version}"` } },
          body: {
            ...(name.trim() !== campaign.name && { name: name.trim() }),
            ...(due !== dueOn && { dueAt: endOfDay(due) }),
            ...(ownerId !== campaign.ownerId && ownerId !== null && { ownerId }),
            ...(managementId !== campaign.managementId && managementId !== null && { managementId }),
          },
        }),
      ),
    onSuccess: async () => {
      toast('The campaign is changed.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
  });
  return (
    <Dialog
      title="Change the campaign"
      lead="What it is about was frozen and stays."
      verb="Change"
      isPending={change.isPending}
      problem={change.error}
      onSubmit={() => change.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        required
        data-autofocus
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label="Due"
        description="It can become later, never sooner."
        required
        min={dueOn}
        value={due}
        onChange={(event) => setDue(event.currentTarget.value)}
      />
      <PersonSelect label="Who runs it" required value={ownerId} onChange={setOwner} except={[managementId]} />
      <PersonSelect
        label="Who acknowledges it"
        required
        value={managementId}
        onChange={setManagement}
        except={[ownerId]}
      />
    </Dialog>
  );
}

function CancelDialog({ campaign, onClose }: DeedProps) {
  const queries = useQueryClient();
  return (
    <ReasonedDialog
      title={`Cancel: ${campaign.name}`}
      lead="What was signed stands and is carried out. What was not is owed no more."
      verb="Cancel the campaign"
      isDangerous
      act={(reason) =>
        answerOf(
          service.POST('/v1/review-campaigns/{id}/cancellation', {
            params: { path: { id: campaign.id } },
            body: { reason },
          }),
        )
      }
      onDone={() => {
        toast('The campaign is cancelled.');
        return queries.invalidateQueries({ queryKey: ['reviews'] });
      }}
      onClose={onClose}
    />
  );
}
