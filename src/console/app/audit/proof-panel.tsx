import { IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Copyable } from '../page/copyable.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { logKeyQuery, type ProvedAuditRecord } from './audit-queries.js';
import { verifyProof } from './proof.js';
import classes from './proof-panel.module.css';

/** The proof of an entry, checked in this browser. */
export function Proof({ record }: { readonly record: ProvedAuditRecord }) {
  const key = useQuery(logKeyQuery);
  const proof = useQuery({
    queryKey: ['audit', 'proof', record.index, record.proof.size],
    queryFn: () => verifyProof(record, key.data!),
    enabled: key.data !== undefined,
    staleTime: Infinity,
  });
  return (
    <Section title="Proof" lead="Computed in this browser from the entry and the hashes beside it.">
      {(proof.isError || key.isError) && <ProblemPanel problem={proof.error ?? key.error} />}
      {proof.isPending && !key.isError && <RowsLoading rows={2} />}
      {proof.data && (
        <ul className={classes.findings}>
          <Finding holds={proof.data.isIncluded}>
            {proof.data.isIncluded
              ? `The entry is number ${record.index.toLocaleString('en')} of the ${proof.data.size.toLocaleString('en')} in the log: ${record.proof.hashes.length} hashes lead from it to the signed root.`
              : 'The hashes do not lead from this entry to the signed root. Tell your auditor: the log was changed.'}
          </Finding>
          <Finding holds={proof.data.isSigned}>
            {proof.data.isSigned === true && `${proof.data.origin} has signed that root.`}
            {proof.data.isSigned === false && 'The checkpoint is not signed by the key of this log.'}
            {proof.data.isSigned === undefined &&
              'This browser cannot check Ed25519 signatures; muster audit verify can.'}
          </Finding>
          <li className={classes.root}>
            Root <Copyable what="root" text={proof.data.root} />
          </li>
          <li className={classes.root}>
            Key <Copyable what="key" text={(key.data ?? '').trim()} /> Compare it with the one your auditors keep.
          </li>
        </ul>
      )}
    </Section>
  );
}

function Finding({ holds, children }: { readonly holds: boolean | undefined; readonly children: React.ReactNode }) {
  const Icon = holds === undefined ? IconHelpCircle : holds ? IconCircleCheck : IconCircleX;
  return (
    <li className={classes.finding} data-holds={holds ?? 'unknown'}>
      <Icon size={18} aria-hidden /> <span>{children}</span>
    </li>
  );
}
