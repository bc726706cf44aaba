import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconPlugConnected, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Pill } from '../../page/pill.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { Instant } from '../../time/instant.js';
import { toast } from '../../toast/toast.js';
import { plain, sentence } from '../../words/deeds.js';
import { Accounts } from './accounts.js';
import type { Target } from './targets-queries.js';
import classes from './targets.module.css';

/** One system: where it is, whether Muster gets in, what it may do there, and whose the accounts are. */
export function TargetCard({ target }: { readonly target: Target }) {
  const me = useMe();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const refreshed = () => queries.invalidateQueries({ queryKey: ['targets'] });
  const path = { params: { path: { id: target.id } } };
  const check = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/targets/{id}/check', path)),
    onSettled: refreshed,
  });
  const change = useMutation({
    mutationFn: (status: Target['status']) =>
      answerOf(
        service.PATCH('/v1/targets/{id}', {
          params: { ...path.params, header: { 'If-Match': `"v${target.version}"` } },
          body: { status },
        }),
      ),
    onSuccess: refreshed,
  });
  const remove = useMutation({
    mutationFn: () => answerOf(service.DELETE('/v1/targets/{id}', path)),
    onSuccess: () => (toast(`${target.name} is removed.`), refreshed()),
  });
  const runs = hasRole(me, 'administrator', 'platform-engineer');
  return (
    <article className={classes.card} aria-label={target.name}>
      <header>
        <strong>{target.name}</strong>
        <Status target={target} />
        <span className={classes.deeds}>
          {runs && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlugConnected size={14} aria-hidden />}
              loading={check.isPending}
              onClick={() => check.mutate()}
            >
              Check
            </Button>
          )}
          <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            Accounts
          </Button>
          {hasRole(me, 'administrator') && (
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${target.name}`}>
                  <IconDots size={16} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => change.mutate(target.status === 'active' ? 'disabled' : 'active')}>
                  {target.status === 'active' ? 'Act on it no more' : 'Act on it again'}
                </Menu.Item>
                <Menu.Item
                  color="red"
                  leftSection={<IconTrash size={16} aria-hidden />}
                  onClick={() => remove.mutate()}
                >
                  Remove
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </span>
      </header>
      <p className={classes.place}>
        <code>{target.place}</code>
        <span>
          answered for by <Party id={target.ownerId} />
          {target.checkedAt !== null && (
            <>
              , checked <Instant at={target.checkedAt} />
            </>
          )}
        </span>
      </p>
      {[check, change, remove].map(
        ({ error }, at) => error !== null && <ProblemPanel key={at} problem={error} title="That did not go through." />,
      )}
      {check.data && (
        <div role="status">
          {check.data.failure !== null && <p className={classes.bad}>{check.data.failure.words}</p>}
          <ul className={classes.abilities}>
            {check.data.abilities.map(({ what, able, words }) => (
              <li key={what}>
                <Pill tone={able ? 'good' : 'bad'}>{sentence(plain(what))}</Pill> {words}
              </li>
            ))}
          </ul>
        </div>
      )}
      {isOpen && <Accounts target={target} />}
    </article>
  );
}

function Status({ target: { status, checkedAt, checkFailure } }: { readonly target: Target }) {
  if (status !== 'active') return <Pill tone="still">{sentence(status)}</Pill>;
  if (checkFailure !== null) return <Pill tone="bad">{sentence(plain(checkFailure))}</Pill>;
  if (checkedAt === null) return <Pill tone="warn">Not checked yet</Pill>;
  return <Pill tone="good">Works</Pill>;
}
