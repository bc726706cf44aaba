import { useQuery } from '@tanstack/react-query';
import { CredentialsTable } from '../ledger/credentials-table.js';
import { Empty } from '../page/empty.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { credentialsQuery } from './identity-queries.js';

/** What it holds that is valid now. */
export function Credentials({ identityId }: { readonly identityId: string }) {
  const held = useQuery(credentialsQuery(identityId));
  if (held.isError) return <ProblemPanel problem={held.error} onRetry={() => void held.refetch()} />;
  if (!held.data) return <RowsLoading rows={3} />;
  if (held.data.items.length === 0)
    return (
      <Empty title="It holds no credential.">
        <p>A workload gets one by proving what it is: a join token, or the token of its platform.</p>
      </Empty>
    );
  return <CredentialsTable rows={held.data.items} />;
}
