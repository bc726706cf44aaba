import { Button, Modal, Select, TextInput, UnstyledButton } from '@mantine/core';
import { IconBookmarkPlus, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, service } from '../service/service.js';
import { useMe } from '../session/me.js';
import { teamsQuery } from '../teams/teams-queries.js';
import { toast } from '../toast/toast.js';
import { identitiesAsked, type IdentityFilters, type View, viewsQuery } from './identities-queries.js';
import classes from './views.module.css';

interface ViewsProps {
  readonly filters: IdentityFilters;
  readonly onChange: (filters: IdentityFilters) => void;
}

interface Choice {
  readonly name: string;
  readonly filters: IdentityFilters;
  /** Undefined for those that everybody has. */
  readonly view?: View;
}

/** Views that everybody has: the questions people come with. */
const GIVEN: readonly Choice[] = [
  { name: 'All', filters: {} },
  { name: 'I answer for', filters: { custodianId: 'me' } },
  { name: 'Needs me', filters: { needs: 'me' } },
  { name: 'Hand-overs', filters: { sort: 'handoverDueAt', standing: 'handover-due' } },
  { name: 'Suspended', filters: { status: 'suspended' } },
];

/** Ways to look at the list: given, saved by oneself, and one's teams’. */
export function Views({ filters, onChange }: ViewsProps) {
  const me = useMe();
  const saved = useQuery(viewsQuery).data?.items ?? [];
  const queries = useQueryClient();
  const [isSaving, setSaving] = useState(false);
  const remove = useMutation({
    mutationFn: ({ id }: View) => answerOf(service.DELETE('/v1/views/{id}', { params: { path: { id } } })),
    onSuccess: async (_nothing, { name }) => {
      toast(`The view “${name}” is gone.`);
      await queries.invalidateQueries(viewsQuery);
    },
  });
  const views: readonly Choice[] = [...GIVEN, ...saved.map((view) => ({ name: view.name, filters: view.query, view }))];
  const chosen = views.find((view) => isSame(view.filters, filters));
  return (
    <div className={classes.views} role="group" aria-label="Views">
      {views.map((each) => (
        <span key={each.view?.id ?? each.name} className={classes.view} data-chosen={each === chosen}>
          <UnstyledButton
            className={classes.name}
            aria-pressed={each === chosen}
            onClick={() => onChange(each.filters)}
          >
            {each.name}
          </UnstyledButton>
          {each.view !== undefined && each === chosen && each.view.ownerId === me.person.id && (
            <UnstyledButton
              className={classes.remove}
              aria-label={`Remove the view ${each.name}`}
              onClick={() => remove.mutate(each.view!)}
            >
              <IconX size={14} aria-hidden />
            </UnstyledButton>
          )}
        </span>
      ))}
      {!chosen && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconBookmarkPlus size={14} aria-hidden />}
          onClick={() => setSaving(true)}
        >
          Save view
        </Button>
      )}
      {isSaving && <SaveView filters={filters} onClose={() => setSaving(false)} />}
    </div>
  );
}

function SaveView({ filters, onClose }: { readonly filters: IdentityFilters; readonly onClose: () => void }) {
  const me = useMe();
  const queries = useQueryClient();
  const teams = (useQuery(teamsQuery).data ?? []).filter(({ memberIds }) => memberIds.includes(me.person.id));
  const [name, setName] = useState('');
  const [teamId, setTeamId] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: () =>
      answerOf(service.POST('/v1/views', { body: { name, query: identitiesAsked(filters) as View['query'], teamId } })),
    onSuccess: async () => {
      toast(`The view “${name}” is saved.`);
      await queries.invalidateQueries(viewsQuery);
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Save this view" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label="Name"
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
        />
        {teams.length > 0 && (
          <Select
            label="Share with a team"
            placeholder="Only I see it"
            data={teams.map(({ id, name: label }) => ({ value: id, label }))}
            value={teamId}
            onChange={setTeamId}
            clearable
          />
        )}
        {save.isError && <ProblemPanel problem={save.error} />}
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
      </form>
    </Modal>
  );
}

function isSame(one: IdentityFilters, other: IdentityFilters): boolean {
  const text = (filters: IdentityFilters) =>
    JSON.stringify(
      Object.entries(filters)
        .filter(([, value]) => value !== undefined)
        .sort(),
    );
  return text(one) === text(other);
}
