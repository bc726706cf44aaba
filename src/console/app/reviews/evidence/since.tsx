import { IconHistory, IconSparkles } from '@tabler/icons-react';
import { Party } from '../../people/party.js';
import { exactly } from '../../time/spoken.js';
import { TeamName } from '../../teams/teams-queries.js';
import { plain, sentence } from '../../words/deeds.js';
import type { ReviewItem } from '../reviews-queries.js';
import classes from './evidence.module.css';

/** What has changed since somebody last decided about it: the part worth reading first. */
export function Since({ item: { since } }: { readonly item: Pick<ReviewItem, 'since'> }) {
  if (since === null)
    return (
      <p className={classes.since}>
        <IconSparkles size={16} aria-hidden />
        It is reviewed for the first time.
      </p>
    );
  if (since.length === 0)
    return (
      <p className={classes.since}>
        <IconHistory size={16} aria-hidden />
        Nothing about it changed since its last review.
      </p>
    );
  return (
    <section className={classes.part}>
      <h3>What changed since its last review</h3>
      <dl className={classes.changes}>
        {since.map(({ what, before, after }) => (
          <div key={`${what}${before}${after}`}>
            <dt>{sentence(plain(what))}</dt>
            <dd>
              {before !== null && (
                <del>
                  <Value text={before} />
                </del>
              )}
              {before !== null && after !== null && <span aria-hidden> → </span>}
              {after !== null && (
                <ins>
                  <Value text={after} />
                </ins>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

function Value({ text }: { readonly text: string }) {
  if (/^(per|mid)_[0-9a-f]{32}$/.test(text)) return <Party id={text} />;
  if (/^tem_[0-9a-f]{32}$/.test(text)) return <TeamName id={text} />;
  return INSTANT.test(text) ? exactly(text) : text;
}
