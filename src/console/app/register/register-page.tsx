import { Button, Checkbox, Collapse, Radio, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { KINDS, kindName } from '../identities/identity-words.js';
import { Page } from '../page/page.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { PersonSelect } from '../people/person-select.js';
import { answerOf, type Schema, service } from '../service/service.js';
import { useMe } from '../session/me.js';
import { teamsQuery } from '../teams/teams-queries.js';
import { toast } from '../toast/toast.js';
import { Consequences } from './consequences.js';
import { CRITICALITIES, DATA_CLASSES, emptyRegistration, type Registration, validation } from './registration.js';
import classes from './register-page.module.css';

/** Registers a machine identity: what it is, why it exists, who answers for it. */
export function RegisterPage() {
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const teams = useQuery(teamsQuery);
  const mine = teams.data?.find(({ memberIds }) => memberIds.includes(me.person.id));
  const form = useForm({ initialValues: emptyRegistration(me), validate: validation });
  const teamId = form.values.teamId ?? mine?.id ?? null;
  const register = useMutation({
    mutationFn: ({ spiffeId, supportExpiresAt, ...values }: Registration) =>
      answerOf(
        service.POST('/v1/identities', {
          body: {
            ...values,
            kind: values.kind as Schema['NewIdentity']['kind'],
            teamId: teamId ?? '',
            supportExpiresAt: supportExpiresAt === '' ? null : `${supportExpiresAt}T00:00:00Z`,
            ...(spiffeId !== '' && { spiffeId }),
          },
        }),
      ),
    onSuccess: async (identity) => {
      toast(`${identity.name} is registered.`);
      await queries.invalidateQueries({ queryKey: ['identities'] });
      await navigate({ to: '/identities/$id', params: { id: identity.id } });
    },
  });
  return (
    <Page title="Register an identity" lead="Two minutes. Everything but its name and kind can be changed later.">
      <form
        className={classes.form}
        onSubmit={form.onSubmit((values) => register.mutate(values), focusFirstMistake)}
        noValidate
      >
        <div className={classes.parts}>
          <Section title="What is it?">
            <div className={classes.fields}>
              <TextInput
                label="Name"
                description="Lower-case letters, digits, dots, dashes. As its logs call it."
                placeholder="settlement-export"
                required
                autoComplete="off"
                {...form.getInputProps('name')}
              />
              <TextInput
                label="Environment"
                description="Where it runs."
                placeholder="production"
                required
                list="environments"
                {...form.getInputProps('environment')}
              />
              <Radio.Group label="Kind" required {...form.getInputProps('kind')}>
                <div className={classes.kinds}>
                  {Object.entries(KINDS)
                    .filter(([kind]) => kind !== 'api-key')
                    .map(([kind, words]) => (
                      <Radio.Card key={kind} value={kind} className={classes.kind}>
                        <Radio.Indicator size="xs" />
                        <span>
                          <strong>{kindName(kind as keyof typeof KINDS)}</strong>
                          <small>{words}</small>
                        </span>
                      </Radio.Card>
                    ))}
                </div>
              </Radio.Group>
            </div>
          </Section>
          <Section title="Why does it exist?">
            <div className={classes.fields}>
              <Textarea
                label="Purpose"
                description="One sentence that a stranger understands in a year."
                placeholder="Sends each night’s settlements to the clearing house"
                required
                autosize
                minRows={2}
                maxLength={1000}
                {...form.getInputProps('purpose')}
              />
              <Select
                label="Criticality"
                description="How bad is a day without it, or a day with it in the wrong hands?"
                data={[...CRITICALITIES]}
                allowDeselect={false}
                {...form.getInputProps('criticality')}
              />
              <Checkbox.Group label="What it touches" {...form.getInputProps('dataClasses')}>
                <div className={classes.boxes}>
                  {DATA_CLASSES.map(({ value, label }) => (
                    <Checkbox key={value} value={value} label={label} />
                  ))}
                </div>
              </Checkbox.Group>
              <Switch
                label="Privileged"
                description="It can change other systems’ rules, accounts or code."
                {...form.getInputProps('privileged', { type: 'checkbox' })}
              />
            </div>
          </Section>
          <Section title="Who answers for it?">
            <div className={classes.fields}>
              <Select
                label="Team"
                placeholder="Find by name"
                required
                searchable
                data={(teams.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                nothingFoundMessage="No team of that name"
                value={teamId}
                onChange={(id) => form.setFieldValue('teamId', id)}
                error={form.errors.teamId}
              />
              <PersonSelect
                label="Primary custodian"
                description="Is asked when it wants something, and reviews it."
                value={form.values.primaryCustodianId}
                onChange={(id) => form.setFieldValue('primaryCustodianId', id)}
                except={[form.values.backupCustodianId]}
              />
              <PersonSelect
                label="Backup custodian"
                description="Answers when the first cannot. Without both, it waits."
                value={form.values.backupCustodianId}
                onChange={(id) => form.setFieldValue('backupCustodianId', id)}
                except={[form.values.primaryCustodianId]}
              />
            </div>
          </Section>
          <More form={form} />
          {register.isError && <ProblemPanel problem={register.error} title="It is not registered." />}
        </div>
        <aside className={classes.aside}>
          <Consequences registration={form.values} />
          <Button type="submit" fullWidth loading={register.isPending}>
            Register
          </Button>
        </aside>
      </form>
    </Page>
  );
}

/** Takes the person to the first field that is not right, wherever they have scrolled. */
function focusFirstMistake(): void {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('main [aria-invalid="true"], main [data-error] input')?.focus(),
  );
}

function More({ form }: { readonly form: UseFormReturnType<Registration> }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div>
      <Button variant="subtle" size="xs" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Less' : 'End of support, SPIFFE id'}
      </Button>
      <Collapse expanded={isOpen}>
        <div className={classes.more}>
          <TextInput
            type="date"
            label="Support ends"
            description="No credential outlives the support of what holds it."
            {...form.getInputProps('supportExpiresAt')}
          />
          <TextInput
            label="SPIFFE id"
            description="Leave it empty to have one made of environment and name."
            placeholder="spiffe://…"
            {...form.getInputProps('spiffeId')}
          />
        </div>
      </Collapse>
    </div>
  );
}
