import { Select, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
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
  const [q] = useDebouncedValue(text.trim(), TYPING_MILLISECONDS);
  const [intoId, setInto] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const others = useInfiniteQuery({
    ...findingsQuery({ state: 'any', kind: finding.kind, ...(intoId === null && { q }) }, OFFERED),
    placeholderData: keepPreviousData,
  });
  const merge = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/findings/{id}/merge', {
          params: { path: { id: finding.id } },
          body: { intoId: intoId ?? '', reason: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      toast('They are one now.');
      await queries.invalidateQueries({ queryKey: ['findings'] });
      await navigate({ to: '/findings/$id', params: { id: intoId! } });
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
        data={rowsOf(others)
          .filter(({ id }) => id !== finding.id)
          .map((row) => ({
            value: row.id,
            label: [nameOf(row), row.place && placeName(row.place)].filter(Boolean).join(' · '),
          }))}
        filter={({ options }) => options}
        searchValue={text}
        onSearchChange={setText}
        value={intoId}
        onChange={setInto}
        nothingFoundMessage="No other of its kind"
      />
      <Textarea
        label="Reason"
        description="Stands in the log for good. No names, no secrets."
        required
        autosize
        minRows={2}
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Dialog>
  );
}
