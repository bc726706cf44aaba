import { Button, NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Page } from '../../page/page.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Section } from '../../page/section.js';
import { PersonSelect } from '../../people/person-select.js';
import { answerOf, service } from '../../service/service.js';
import { useMe } from '../../session/me.js';
import { toast } from '../../toast/toast.js';
import { dayAhead, endOfDay } from '../days.js';
import type { Scope } from '../reviews-queries.js';
import { Preview } from './preview.js';
import { ScopeFields } from './scope-fields.js';
import classes from './campaigns.module.css';

const USUAL_DAYS = 14;
const USUAL_SAMPLE = 5;

/** Starts a review: of what, until when, and who acknowledges it; with what it would be about beside it. */
export function NewCampaignPage() {
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>({});
  const [due, setDue] = useState(() => dayAhead(USUAL_DAYS));
  const [ownerId, setOwner] = useState<string | null>(me.person.id);
  const [managementId, setManagement] = useState<string | null>(null);
  const [samplePercent, setSample] = useState(USUAL_SAMPLE);
  const start = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/review-campaigns', {
          body: {
            name: name.trim(),
            scope,
            dueAt: endOfDay(due),
            managementId: managementId ?? '',
            samplePercent,
            ...(ownerId !== null && { ownerId }),
          },
        }),
      ),
    onSuccess: async ({ id }) => {
      toast('The campaign is started: its evidence is being frozen.');
      await queries.invalidateQueries({ queryKey: ['reviews'] });
      await navigate({ to: '/campaigns/$id', params: { id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <Page
      title="Start a campaign"
      over={<Link to="/campaigns">Campaigns</Link>}
      lead="What it asks about is frozen when it starts; who answers for each identity decides about it."
    >
      <form className={classes.form} onSubmit={submit}>
        <div className={classes.parts}>
          <Section title="What is it called?">
            <TextInput
              label="Name"
              description="As everybody who is asked will read it."
              placeholder="Privileged access, fourth quarter"
              required
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </Section>
          <Section
            title="What is it about?"
            lead="Everything that all of these hold for; leave them empty to review everything."
          >
            <ScopeFields scope={scope} onChange={setScope} />
          </Section>
          <Section title="Until when, and who sees to it?">
            <div className={classes.pair}>
              <TextInput
                type="date"
                label="Due"
                description="After that day, what is not reviewed gets shorter credentials, then none."
                required
                min={dayAhead(1)}
                value={due}
                onChange={(event) => setDue(event.currentTarget.value)}
              />
              <NumberInput
                label="Second looks"
                description="Of so many keeps in a hundred, somebody else takes one."
                suffix=" %"
                min={0}
                max={100}
                allowDecimal={false}
                value={samplePercent}
                onChange={(value) => setSample(Number(value))}
              />
              <PersonSelect
                label="Who runs it"
                description="Sees its figures and closes it."
                required
                value={ownerId}
                onChange={setOwner}
                except={[managementId]}
              />
              <PersonSelect
                label="Who acknowledges it"
                description="From management, and apart from whoever decides."
                required
                value={managementId}
                onChange={setManagement}
                except={[ownerId]}
              />
            </div>
          </Section>
          {start.isError && <ProblemPanel problem={start.error} title="It is not started." />}
        </div>
        <aside className={classes.aside}>
          <Preview scope={scope} />
          <Button type="submit" fullWidth loading={start.isPending}>
            Freeze and start
          </Button>
        </aside>
      </form>
    </Page>
  );
}
