import { Button, Checkbox } from '@mantine/core';
import { IconCopy, IconPrinter } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, service } from '../service/service.js';
import { meQuery, useMe } from '../session/me.js';
import { toast } from '../toast/toast.js';
import classes from './recovery-codes.module.css';

interface RecoveryCodesProps {
  readonly onDone: () => void;
  readonly onSkip?: () => void;
}

/** Makes recovery codes, and shows them once: to print and put away. */
export function RecoveryCodes({ onDone, onSkip }: RecoveryCodesProps) {
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/authenticators/recovery-codes')),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['authenticators'] }),
  });
  if (make.data) return <Codes codes={make.data.codes} onDone={onDone} />;
  return (
    <div className={classes.codes}>
      <p>
        Ten codes on paper let you back in when every authenticator is lost. Each works once, and administrators are
        told when one is used.
      </p>
      {make.isError && <ProblemPanel problem={make.error} title="No codes were made." />}
      <div className={classes.deeds}>
        <Button loading={make.isPending} onClick={() => make.mutate()}>
          Make recovery codes
        </Button>
        {onSkip && (
          <Button variant="subtle" onClick={onSkip}>
            Later
          </Button>
        )}
      </div>
    </div>
  );
}

function Codes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const queries = useQueryClient();
  const [isKept, setKept] = useState(false);
  const done = async () => {
    await queries.invalidateQueries(meQuery);
    onDone();
  };
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join('\n'));
    toast('The codes are copied. Put them where nobody else looks.');
  };
  return (
    <div className={classes.codes}>
      <p>Print them, or write them down. They are shown only now; codes of before work no more.</p>
      <Sheet codes={codes} />
      <div className={classes.deeds}>
        <Button variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => print()}>
          Print
        </Button>
        <Button variant="default" leftSection={<IconCopy size={16} aria-hidden />} onClick={() => void copy()}>
          Copy
        </Button>
      </div>
      <Checkbox
        label="I have put them away"
        checked={isKept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <Button disabled={!isKept} onClick={() => void done()}>
        Done
      </Button>
    </div>
  );
}

function Sheet({ codes }: { readonly codes: readonly string[] }) {
  const me = useMe();
  return (
    <div className={classes.sheet} data-print>
      <p className={classes.heading}>
        Recovery codes of {me.person.name} for Muster at {location.host}
      </p>
      <ol className={classes.list} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
    </div>
  );
}
