import { Button } from '@mantine/core';
import { IconFingerprint, IconLogin2 } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import { ceremonyProblem } from '../passkey/ceremony-problem.js';
import { signInWithPasskey } from '../passkey/passkeys.js';
import { answerOf, service } from '../service/service.js';
import { CodeSignIn, type CodeWay } from './code-sign-in.js';
import { Doorway } from './doorway.js';
import { returnProblem } from './return-problem.js';
import classes from './doorway.module.css';

const route = getRouteApi('/sign-in');

const methodsQuery = {
  queryKey: ['sign-in', 'methods'],
  queryFn: () => answerOf(service.GET('/v1/sign-in/methods')),
  staleTime: Infinity,
};

/** Signs in: by passkey first, by the firm’s provider where there is one, and by what is left when both are lost. */
export function SignInPage() {
  const { back, ended, error } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const methods = useQuery(methodsQuery).data;
  const [way, setWay] = useState<CodeWay | 'choose'>();
  const enter = (to = back ?? '/') => {
    queries.clear();
    router.history.push(to);
  };
  const passkey = useMutation({ mutationFn: signInWithPasskey, onSuccess: () => enter() });
  const problem = passkey.isIdle ? error && returnProblem(error) : passkey.isError && ceremonyProblem(passkey.error);
  const isElsewhere = methods !== undefined && methods.origin !== location.origin;
  return (
    <Doorway
      title="Sign in"
      lead={ended ? 'Your session has ended. Sign in, and go on where you were.' : undefined}
      foot={
        <>
          New here? <Link to="/invitation">Use your invitation</Link>. First of all?{' '}
          <Link to="/setup">Set Muster up</Link>.
        </>
      }
    >
      {isElsewhere && (
        <p role="note">
          Passkeys work at <a href={methods.origin}>{methods.origin}</a> alone; you are somewhere else.
        </p>
      )}
      {(way === undefined || way === 'choose') && (
        <div className={classes.ways}>
          {problem && <ProblemPanel problem={problem} title="You are not signed in." />}
          <Button
            size="md"
            autoFocus
            leftSection={<IconFingerprint size={20} aria-hidden />}
            loading={passkey.isPending}
            onClick={() => passkey.mutate()}
          >
            Sign in with a passkey
          </Button>
          {methods?.singleSignOn && (
            <Button
              component="a"
              size="md"
              variant="default"
              href={`/v1/sign-in/sso${back === undefined ? '' : `?returnTo=${encodeURIComponent(back)}`}`}
              leftSection={<IconLogin2 size={20} aria-hidden />}
            >
              Sign in with {methods.singleSignOn.name}
            </Button>
          )}
          {way === undefined ? (
            <Button variant="subtle" onClick={() => setWay('choose')}>
              Another way
            </Button>
          ) : (
            <div className={classes.ways} role="group" aria-label="Another way">
              <Button variant="default" onClick={() => setWay('totp')}>
                Code from an app
              </Button>
              <Button variant="default" onClick={() => setWay('recovery-code')}>
                Recovery code
              </Button>
              <Button variant="default" onClick={() => setWay('token')}>
                One-time token
              </Button>
            </div>
          )}
        </div>
      )}
      {way !== undefined && way !== 'choose' && (
        <CodeSignIn
          way={way}
          onBack={() => setWay('choose')}
          onEntered={() => enter(way === 'totp' ? undefined : '/me')}
        />
      )}
    </Doorway>
  );
}
