import { Modal, NumberInput, Select, TextInput, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ProblemPanel } from '../../page/problem-panel.js';
import { PersonSelect } from '../../people/person-select.js';
import { answerOf, service } from '../../service/service.js';
import { useMe } from '../../session/me.js';
import { toast } from '../../toast/toast.js';
import { ScopeFields } from '../campaigns/scope-fields.js';
import { dayAhead } from '../days.js';
import type { Scope } from '../reviews-queries.js';
import { riskAnalysesQuery } from './cadence-queries.js';
import classes from './cadence.module.css';

/** Sets up a campaign that starts by itself. */
export function ScheduleDialog({ onClose }: { readonly onClose: () => void }) {
  const me = useMe();
  const queries = useQueryClient();
  const analyses = (useQuery(riskAnalysesQuery).data?.items ?? []).filter(({ status }) => status === 'approved');
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>({});
  const [everyDays, setEvery] = useState(90);
  const [dueAfterDays, setDueAfter] = useState(14);
  const [samplePercent, setSample] = useState(5);
  const [riskAnalysisId, setAnalysis] = useState<string | null>(null);
  const [managementId, setManagement] = useState<string | null>(null);
  const [ownerId, setOwner] = useState<string | null>(me.person.id);
  const [first, setFirst] = useState(() => dayAhead(1));
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/review-schedules', {
          body: {
            name: name.trim(),
            scope,
            everyDays,
            dueAfterDays,
            samplePercent,
            riskAnalysisId,
            managementId: managementId ?? '',
            nextAt: new Date(`${first}T06:00:00`).toISOString(),
            ...(ownerId !== null && { ownerId }),
          },
        }),
      ),
    onSuccess: async () => {
      toast(`${name.trim()} is scheduled.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Add a schedule" size="xl" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label="Name"
          placeholder="Privileged access, quarterly"
          required
          data-autofocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Why this often is often enough"
          description={
            analyses.length === 0 ? (
              <>
                There is no approved risk analysis: <Link to="/reviews/risk-analyses">write one</Link>.
              </>
            ) : (
              'An approved risk analysis that supports it.'
            )
          }
          required
          data={analyses.map(({ id, title, everyDays: most }) => ({
            value: id,
            label: `${title} (every ${most} days)`,
          }))}
          value={riskAnalysisId}
          onChange={setAnalysis}
        />
        <div className={classes.pair}>
          <NumberInput
            label="Every"
            suffix=" days"
            required
            min={1}
            max={366}
            allowDecimal={false}
            value={everyDays}
            onChange={(value) => setEvery(Number(value))}
          />
          <NumberInput
            label="Due after"
            suffix=" days"
            required
            min={1}
            max={90}
            allowDecimal={false}
            value={dueAfterDays}
            onChange={(value) => setDueAfter(Number(value))}
          />
          <NumberInput
            label="Second looks"
            suffix=" %"
            min={0}
            max={100}
            allowDecimal={false}
            value={samplePercent}
            onChange={(value) => setSample(Number(value))}
          />
          <TextInput
            type="date"
            label="The first one starts"
            required
            min={dayAhead(0)}
            value={first}
            onChange={(event) => setFirst(event.currentTarget.value)}
          />
          <PersonSelect label="Who runs it" required value={ownerId} onChange={setOwner} except={[managementId]} />
          <PersonSelect
            label="Who acknowledges it"
            required
            value={managementId}
            onChange={setManagement}
            except={[ownerId]}
          />
        </div>
        <fieldset className={classes.scope}>
          <legend>What it is about</legend>
          <ScopeFields scope={scope} onChange={setScope} />
        </fieldset>
        {add.isError && <ProblemPanel problem={add.error} title="It is not scheduled." />}
        <div className={classes.deeds}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Add it
          </Button>
        </div>
      </form>
    </Modal>
  );
}
