import { Button } from '@mantine/core';
import { IconDatabase, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { hasRole, useMe } from '../../session/me.js';
import { RegisterDialog } from './register-dialog.js';
import { TargetCard } from './target-card.js';
import { targetsQuery } from './targets-queries.js';

/** Systems where Muster looks for itself what an identity has, and takes away what a review says. */
export function TargetsPage() {
  const me = useMe();
  const found = useQuery(targetsQuery);
  const [isRegistering, setRegistering] = useState(false);
  const register = hasRole(me, 'administrator') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setRegistering(true)}>
      Register a target
    </Button>
  );
  return (
    <Page
      title="Targets"
      lead="Systems where Muster takes away what a review says, and looks afterwards whether it is gone. Everywhere else, somebody attests it."
      actions={register}
    >
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={5} />}
      {found.data?.items.length === 0 && (
        <Empty
          icon={<IconDatabase size={32} stroke={1.25} />}
          title="Muster can look into no system yet."
          action={register}
        >
          <p>
            Register a PostgreSQL server with a role that may take grants away. Grants name a target by its name; what
            is revoked there is then verified, not only said to be done.
          </p>
        </Empty>
      )}
      {found.data?.items.map((target) => (
        <TargetCard key={target.id} target={target} />
      ))}
      {isRegistering && <RegisterDialog onClose={() => setRegistering(false)} />}
    </Page>
  );
}
