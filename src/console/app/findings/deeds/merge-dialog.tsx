import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { ReasonField } from '../../dialog/reason-field.js';
import { answerOf, service } from '../../service/service.js';
import { rowsOf } from '../../table/found-table.js';
import { toast } from '../../toast/toast.js';
import { nameOf } from '../finding-names.js';
import { type Finding, findingsQuery } from '../findings-queries.js';
import { placeName } from '../queue/queue.js';

const OFFERED = 20;
const TYPING_MILLISECONDS = 200;

/** Says that a finding is one with another, as people know and no name says. */
export function MergeDialog({ finding, onClose }: { readonly finding: Finding; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [into, setInto] = useState<{ readonly value: string; readonly label: string }>();
  // Once one is chosen, its name stands in the field, and is no search.
  const [q] = useDebouncedValue(text === into?.label ? '' : text.trim(), TYPING_MILLISECONDS);
  const [reason, setReason] = useState('');
  const others = useInfiniteQuery({
    ...findingsQuery({ state: 'any', kind: finding.kind, q }, OFFERED),
    placeholderData: keepPreviousData,
  });
  const found = rowsOf(others)
    .filter(({ id }) => id !== finding.id && id !== into?.value)
    .map((row) => ({
      value: row.id,
      label: [nameOf(row), row.place && placeName(row.place)].filter(Boolean).join(' · '),
    }));
  const offered = into ? [into, ...found] : found;
  const merge = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/findings/{id}/merge', {
          params: { path: { id: finding.id } },
          body: { intoId: into?.value ?? '', reason: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      toast('They are one now.');
      await queries.invalidateQueries({ queryKey: ['findings'] });
      await navigate({ to: '/findings/$id', params: { id: into!.value } });
      onClose();
    },
  });
  return (
    <Dialog
      title={`Merge: ${nameOf(finding)}`}
      lead="Where both are the same thing, seen under two names. Its places go over to the other, which stays. Two different secrets are never one."
      verb="Merge"
      isPending={merge.isPending}
      problem={merge.error}
      onSubmit={() => merge.mutate()}
      onClose={onClose}
    >
      <Select
        label="Into"
        placeholder="Find by name, account or path"
        required
        searchable
        data-autofocus
        data={offered}
        filter={({ options }) => options}
        searchValue={text}
        onSearchChange={setText}
        value={into?.value ?? null}
        onChange={(id) => setInto(offered.find(({ value }) => value === id))}
        nothingFoundMessage="No other of its kind"
      />
      <ReasonField longest={1_000} isFirst={false} value={reason} onChange={setReason} />
    </Dialog>
  );
}
