import { Button } from '@mantine/core';
import { IconTerminal2 } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Empty } from '../page/empty.js';
import { Facts } from '../page/facts.js';
import { Page } from '../page/page.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { Problem } from '../service/problem.js';
import { answerOf, service } from '../service/service.js';
import { useMe } from '../session/me.js';
import classes from './device-page.module.css';

const route = getRouteApi('/signed-in/authorize');

/** Lets a program on this very machine in, by a redirect to its loopback address (RFC 8252 §7.3). */
export function AuthorizePage() {
  const me = useMe();
  const asked = route.useSearch();
  const { redirect_uri: redirectUri, code_challenge: codeChallenge, state, host } = asked;
  const approve = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/authorization-codes', {
          body: { redirectUri: redirectUri!, codeChallenge: codeChallenge!, state: state!, ...(host && { host }) },
        }),
      ),
    onSuccess: ({ redirectTo }) => location.replace(redirectTo),
  });
  if (redirectUri === undefined || codeChallenge === undefined || state === undefined)
    return (
      <Page title="Let a program in">
        <ProblemPanel
          problem={
            new Problem(
              0,
              'link_incomplete',
              'This link is incomplete. Start again with muster login in your terminal.',
              '',
            )
          }
        />
      </Page>
    );
  if (approve.isSuccess)
    return (
      <Page title="Let a program in">
        <Empty icon={<IconTerminal2 size={32} stroke={1.25} />} title="The program is in.">
          <p>Go back to your terminal. You can close this page.</p>
        </Empty>
      </Page>
    );
  return (
    <Page title="Let a program in" lead="Only if you have just started it yourself: it will act as you.">
      <Section title="A program on this machine asks to come in">
        <div className={classes.form}>
          <Facts
            facts={[
              ['It calls itself', host ?? 'an unnamed machine'],
              ['It listens at', <code key="at">{redirectUri}</code>],
              ['It would act as', me.person.name],
            ]}
          />
          {approve.isError && <ProblemPanel problem={approve.error} />}
          <div className={classes.verdicts}>
            <Button loading={approve.isPending} onClick={() => approve.mutate()}>
              Let it in
            </Button>
          </div>
        </div>
      </Section>
    </Page>
  );
}
