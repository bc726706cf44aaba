import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { previewQuery, type Scope } from '../reviews-queries.js';
import classes from './campaigns.module.css';

const TYPING_MILLISECONDS = 300;

/** What a scope holds now, and whom it would ask. */
export function Preview({ scope }: { readonly scope: Scope }) {
  const [asked] = useDebouncedValue(scope, TYPING_MILLISECONDS);
  const preview = useQuery({ ...previewQuery(asked), placeholderData: keepPreviousData });
  if (preview.isError) return <ProblemPanel problem={preview.error} title="There is no preview." />;
  if (!preview.data) return <RowsLoading rows={6} />;
  const { count, withoutReviewer, privileged, byCustodian, sample } = preview.data;
  return (
    <section className={classes.preview} aria-label="What it would be about" aria-busy={preview.isPlaceholderData}>
      <p role="status">
        <strong className={classes.number}>{count.toLocaleString('en')}</strong>{' '}
        {count === 1 ? 'identity' : 'identities'}, {privileged.toLocaleString('en')} privileged
      </p>
      {count === 0 && <p className={classes.warn}>Nothing fits, so there is nothing to review.</p>}
      {withoutReviewer > 0 && (
        <p className={classes.warn}>
          Nobody could decide about {withoutReviewer.toLocaleString('en')} of them: whoever answers asked for them, or
          nobody answers. Name other custodians, or except them later.
        </p>
      )}
      {byCustodian.length > 0 && (
        <>
          <h3>Who is asked</h3>
          <ul className={classes.counts}>
            {byCustodian.map(({ personId, count: theirs }) => (
              <li key={personId}>
                <Party id={personId} />
                <span>{theirs.toLocaleString('en')}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {sample.length > 0 && (
        <>
          <h3>For example</h3>
          <p className={classes.sample}>
            {sample.join(', ')}
            {count > sample.length && ' …'}
          </p>
        </>
      )}
    </section>
  );
}
