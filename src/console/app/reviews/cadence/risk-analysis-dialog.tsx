import { NumberInput, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { answerOf, service } from '../../service/service.js';
import { toast } from '../../toast/toast.js';
import { dayAhead, dayOf, endOfDay } from '../days.js';
import type { RiskAnalysis } from './cadence-queries.js';

/** Reviewed at least once every twelve months (PCI DSS 12.3.1). */
const LONGEST_DAYS = 365;
const USUAL_DAYS = 90;

const WORDS = [
  { name: 'assets', label: 'What is at stake', description: 'The systems and data that these identities reach.' },
  { name: 'threats', label: 'What could happen', description: 'What a forgotten or too wide access lets happen.' },
  { name: 'factors', label: 'How likely, and how bad', description: 'What makes it more or less so here.' },
  { name: 'justification', label: 'Why this often is often enough', description: 'What an examiner asks first.' },
] as const;

interface RiskAnalysisDialogProps {
  /** The draft that is changed. */
  readonly changed?: RiskAnalysis;
  /** What the new one replaces once it is approved. */
  readonly renewed?: RiskAnalysis;
  readonly onClose: () => void;
}

/** Writes a risk analysis: anew, over, or for another year. */
export function RiskAnalysisDialog({ changed, renewed, onClose }: RiskAnalysisDialogProps) {
  const queries = useQueryClient();
  const like = changed ?? renewed;
  const [says, setSays] = useState({
    title: like?.title ?? '',
    assets: like?.assets ?? '',
    threats: like?.threats ?? '',
    factors: like?.factors ?? '',
    justification: like?.justification ?? '',
  });
  const [everyDays, setEvery] = useState(like?.everyDays ?? USUAL_DAYS);
  const [until, setUntil] = useState(() => (changed ? dayOf(new Date(changed.expiresAt)) : dayAhead(LONGEST_DAYS - 1)));
  const write = useMutation({
    mutationFn: () => {
      const body = { ...says, everyDays, expiresAt: endOfDay(until) };
      if (!changed)
        return answerOf(
          service.POST('/v1/risk-analyses', { body: { ...body, ...(renewed && { replacesId: renewed.id }) } }),
        );
      const params = { path: { id: changed.id }, header: { 'If-Match': `"v${changed.version}"` } };
      return answerOf(service.PATCH('/v1/risk-analyses/{id}', { params, body }));
    },
    onSuccess: async () => {
      toast('The risk analysis is written. Somebody else approves it.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
  });
  const say = (name: keyof typeof says, value: string) => setSays((before) => ({ ...before, [name]: value }));
  return (
    <Dialog
      title={changed ? 'Change the draft' : renewed ? `Renew: ${renewed.title}` : 'Write a risk analysis'}
      lead="It counts once somebody else has approved it."
      verb={changed ? 'Change' : 'Write'}
      isPending={write.isPending}
      problem={write.error}
      onSubmit={() => write.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Title"
        placeholder="Privileged access to trading systems"
        required
        data-autofocus
        maxLength={200}
        value={says.title}
        onChange={(event) => say('title', event.currentTarget.value)}
      />
      {WORDS.map(({ name, label, description }) => (
        <Textarea
          key={name}
          label={label}
          description={description}
          required
          autosize
          minRows={2}
          maxRows={8}
          maxLength={4000}
          value={says[name]}
          onChange={(event) => say(name, event.currentTarget.value)}
        />
      ))}
      <NumberInput
        label="The longest time between two reviews"
        suffix=" days"
        required
        min={1}
        max={366}
        allowDecimal={false}
        value={everyDays}
        onChange={(value) => setEvery(Number(value))}
      />
      <TextInput
        type="date"
        label="Valid until"
        required
        min={dayAhead(1)}
        max={dayAhead(LONGEST_DAYS)}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
    </Dialog>
  );
}
