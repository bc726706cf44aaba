import { Button, Checkbox, Collapse, Radio, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Draft, draftQuery } from '../findings/findings-queries.js';
import type { Identity } from '../identities/identities-queries.js';
import { KINDS, kindName } from '../identities/identity-words.js';
import { Page } from '../page/page.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { PersonSelect } from '../people/person-select.js';
import { answerOf, type Schema, service } from '../service/service.js';
import { useMe } from '../session/me.js';
import { teamsQuery } from '../teams/teams-queries.js';
import { toast } from '../toast/toast.js';
import { Consequences } from './consequences.js';
import {
  CRITICALITIES,
  DATA_CLASSES,
  emptyRegistration,
  type Registration,
  registrationFrom,
  validation,
} from './registration.js';
import { Suggested } from './suggested.js';
import classes from './register-page.module.css';

const route = getRouteApi('/signed-in/register');

/** Registers a machine identity: what it is, why it exists, who answers for it; where it is for something that was found, with its facts. */
export function RegisterPage() {
  const me = useMe();
  const { finding } = route.useSearch();
  const draft = useQuery({ ...draftQuery(finding ?? ''), enabled: finding !== undefined });
  if (finding === undefined) return <RegisterForm key="new" initial={emptyRegistration(me)} />;
  if (draft.data)
    return (
      <RegisterForm
        key={finding}
        initial={registrationFrom(draft.data, me)}
        adopted={{ id: finding, draft: draft.data }}
      />
    );
  return (
    <Page title="Register what was found">
      {draft.isError ? <ProblemPanel problem={draft.error} onRetry={() => void draft.refetch()} /> : <RowsLoading />}
    </Page>
  );
}

interface RegisterFormProps {
  readonly initial: Registration;
  /** What was found, and becomes the identity's. */
  readonly adopted?: { readonly id: string; readonly draft: Draft };
}

function RegisterForm({ initial, adopted }: RegisterFormProps) {
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const teams = useQuery(teamsQuery);
  const mine = teams.data?.find(({ memberIds }) => memberIds.includes(me.person.id));
  const form = useForm({ initialValues: initial, validate: validation });
  const teamId = form.values.teamId ?? mine?.id ?? null;
  const [made, setMade] = useState<Identity>();
  const register = useMutation({
    mutationFn: async ({ spiffeId, supportExpiresAt, ...values }: Registration) => {
      const body = {
        ...values,
        kind: values.kind as Schema['NewIdentity']['kind'],
        teamId: teamId ?? '',
        supportExpiresAt: supportExpiresAt === '' ? null : `${supportExpiresAt}T00:00:00Z`,
        ...(spiffeId !== '' && { spiffeId }),
      };
      // Where the adoption alone was refused, it alone is tried again.
      const identity = made ?? (await answerOf(service.POST('/v1/identities', { body })));
      setMade(identity);
      if (adopted) {
        const params = { path: { id: adopted.id } };
        await answerOf(service.POST('/v1/findings/{id}/adoption', { params, body: { identityId: identity.id } }));
      }
      return identity;
    },
    onSuccess: async (identity) => {
      toast(adopted ? `${identity.name} is registered, and what was found is its.` : `${identity.name} is registered.`);
      await queries.invalidateQueries({ queryKey: ['identities'] });
      await queries.invalidateQueries({ queryKey: ['findings'] });
      await navigate({ to: '/identities/$id', params: { id: identity.id } });
    },
  });
  return (
    <Page
      title={adopted ? 'Register what was found' : 'Register an identity'}
      {...(adopted && {
        over: (
          <Link to="/findings/$id" params={{ id: adopted.id }}>
            What was found
          </Link>
        ),
      })}
      lead={
        adopted
          ? 'What is known of it is filled in: complete it, and say who answers for it.'
          : 'Two minutes. Everything but its name and kind can be changed later.'
      }
    >
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
                    .filter(([kind]) => kind !== 'api-key' || initial.kind === 'api-key')
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
              {adopted && (
                <Suggested
                  draft={adopted.draft}
                  chosen={form.values.primaryCustodianId}
                  onChoose={(id) => form.setFieldValue('primaryCustodianId', id)}
                />
              )}
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
          {register.isError && (
            <ProblemPanel
              problem={register.error}
              title={made ? `${made.name} is registered, but what was found is not its yet.` : 'It is not registered.'}
            />
          )}
        </div>
        <aside className={classes.aside}>
          <Consequences registration={form.values} />
          <Button type="submit" fullWidth loading={register.isPending}>
            {made ? 'Try again' : adopted ? 'Register and adopt' : 'Register'}
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
