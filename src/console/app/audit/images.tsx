import { Button } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Empty } from '../page/empty.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { type ExportedEntry, fetchImages, type ProvedAuditRecord } from './audit-queries.js';
import { canonical } from './canonical.js';
import { type Change, difference } from './difference.js';
import { commitsTo } from './proof.js';
import classes from './images.module.css';

interface ImagesProps {
  readonly record: ProvedAuditRecord;
  readonly commitment: string;
}

/** What an entry changed, before and after; fetched when asked for, as looking at it is recorded. */
export function Images({ record, commitment }: ImagesProps) {
  const show = useMutation({
    mutationFn: async () => {
      const entry = await fetchImages(record.index);
      return { entry, fits: await fits(entry, commitment) };
    },
  });
  return (
    <Section
      title="Before and after"
      lead="The log holds a commitment to both; the images are kept beside it. Looking at them is recorded."
    >
      {show.isError && <ProblemPanel problem={show.error} />}
      {!show.data && (
        <Button
          variant="default"
          leftSection={<IconEye size={16} aria-hidden />}
          loading={show.isPending}
          onClick={() => show.mutate()}
        >
          Show what changed
        </Button>
      )}
      {show.data && <Shown entry={show.data.entry} fits={show.data.fits} />}
    </Section>
  );
}

async function fits({ images, salt }: ExportedEntry, commitment: string): Promise<boolean> {
  return images !== undefined && salt !== undefined && commitsTo(commitment, canonical(images), salt);
}

function Shown({ entry, fits: isBound }: { readonly entry: ExportedEntry; readonly fits: boolean }) {
  if (entry.images === undefined)
    return (
      <Empty title="The images are not kept any more.">
        <p>The entry still proves that it happened, when, and by whom.</p>
      </Empty>
    );
  const [before, after] = Array.isArray(entry.images) ? (entry.images as unknown[]) : [null, null];
  const changes = difference(before, after);
  return (
    <div className={classes.shown}>
      <p className={isBound ? classes.bound : classes.loose} role="status">
        {isBound
          ? 'The entry commits to exactly these images; this browser has recomputed it.'
          : 'These images are not those that the entry commits to. Tell your auditor.'}
      </p>
      {changes.length === 0 ? <p>It changed nothing but the log.</p> : <Changes changes={changes} />}
    </div>
  );
}

function Changes({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <div className={classes.frame}>
      <table className={classes.changes}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ field, kind, before, after }) => (
            <tr key={field} data-kind={kind}>
              <th scope="row">
                {field}
                {kind !== 'same' && <small> {kind}</small>}
              </th>
              <td>
                {kind === 'added' ? (
                  ''
                ) : (
                  <del className={kind === 'same' ? classes.plain : undefined}>{textOf(before)}</del>
                )}
              </td>
              <td>
                {kind === 'removed' ? (
                  ''
                ) : (
                  <ins className={kind === 'same' ? classes.plain : undefined}>{textOf(after)}</ins>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
