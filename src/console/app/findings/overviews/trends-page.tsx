import { IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Section } from '../../page/section.js';
import { onDay } from '../../time/spoken.js';
import { AGES, VERDICTS } from '../finding-words.js';
import { type Trends, trendsQuery, type Verdict } from '../findings-queries.js';
import { Rooms } from '../rooms.js';
import { sumOf, tallestOf, type Week, weeksOf } from './weeks.js';
import classes from './overviews.module.css';

const ORDER = Object.keys(VERDICTS) as Verdict[];
const LATELY = 4;

/** How the queue fares: what comes and what goes, and how long what is there has waited. */
export function TrendsPage() {
  const found = useQuery(trendsQuery);
  return (
    <Page title="Trends" lead="What comes and what goes, week by week, and how long what is there has waited." wide>
      <Rooms />
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={8} />}
      {found.data && <Shown trends={found.data} />}
    </Page>
  );
}

function Shown({ trends }: { readonly trends: Trends }) {
  const weeks = weeksOf(trends);
  const waiting = sumOf(trends.waiting);
  if (waiting + sumOf(trends.found) + sumOf(trends.ended) === 0)
    return (
      <Empty icon={<IconChartBar size={32} stroke={1.25} />} title="Nothing was found yet.">
        <p>
          Once <Link to="/sources">sources</Link> are looked at, this tells whether you find faster than you close.
        </p>
      </Empty>
    );
  const lately = trends.weeks - LATELY;
  return (
    <>
      <div className={classes.tiles}>
        <Tile count={waiting} words="wait now" />
        <Tile count={sumOf(trends.found.filter(({ week }) => week >= lately))} words="found in four weeks" />
        <Tile count={sumOf(trends.ended.filter(({ week }) => week >= lately))} words="came to an end in four weeks" />
        <Tile
          count={sumOf(trends.waiting.filter(({ age }) => age === 'quarter'))}
          words="wait for a quarter and more"
        />
      </div>
      <Section title="Found and ended" lead="Beside each other: what came, by what it is, and what went.">
        <div className={classes.trend}>
          <Legend verdicts={ORDER.filter((verdict) => trends.found.some((each) => each.verdict === verdict))} />
          <Chart weeks={weeks} />
          <details>
            <summary>The same in numbers</summary>
            <WeeksTable weeks={weeks} />
          </details>
        </div>
      </Section>
      <Section title="How long they have waited" lead="What waits now, by what it is.">
        <Ages trends={trends} />
      </Section>
    </>
  );
}

function Tile({ count, words }: { readonly count: number; readonly words: string }) {
  return (
    <div className={classes.tile}>
      <strong>{count.toLocaleString('en')}</strong>
      <span>{words}</span>
    </div>
  );
}

function Legend({ verdicts }: { readonly verdicts: readonly Verdict[] }) {
  return (
    <ul className={classes.legend}>
      {verdicts.map((verdict) => (
        <li key={verdict}>
          <span className={classes.swatch} data-verdict={verdict} aria-hidden />
          {VERDICTS[verdict].name}
        </li>
      ))}
      <li>
        <span className={classes.swatch} style={{ background: 'var(--good)', opacity: 0.75 }} aria-hidden />
        Ended
      </li>
    </ul>
  );
}

function Chart({ weeks }: { readonly weeks: readonly Week[] }) {
  const tallest = tallestOf(weeks);
  const height = (count: number) => ({ height: `${(100 * count) / tallest}%` });
  return (
    <div>
      <div className={classes.chart} role="img" aria-label="Found and ended by week; the numbers are below">
        {weeks.map(({ beginsAt, found, ended }) => (
          <div key={beginsAt} className={classes.week} title={titleOf({ beginsAt, found, ended })}>
            <div className={classes.stack}>
              {ORDER.filter((verdict) => found.has(verdict)).map((verdict) => (
                <span key={verdict} data-verdict={verdict} style={height(found.get(verdict)!)} />
              ))}
            </div>
            <div className={classes.stack} data-kind="ended">
              {ended > 0 && <span style={height(ended)} />}
            </div>
          </div>
        ))}
      </div>
      <div className={classes.axis} aria-hidden>
        {weeks.map(({ beginsAt }, at) => (
          <span key={beginsAt}>{at % 3 === 0 ? shortDay(beginsAt) : ''}</span>
        ))}
      </div>
    </div>
  );
}

function titleOf({ beginsAt, found, ended }: Week): string {
  const came = ORDER.flatMap((verdict) =>
    found.has(verdict) ? `${found.get(verdict)} ${VERDICTS[verdict].name.toLowerCase()}` : [],
  );
  return `Week from ${onDay(beginsAt)}: ${came.join(', ') || 'nothing'} found, ${ended} ended`;
}

const SHORT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

function shortDay(at: string): string {
  return SHORT.format(new Date(at));
}

function WeeksTable({ weeks }: { readonly weeks: readonly Week[] }) {
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label="Numbers; scrolls sideways">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Week from</th>
            <th scope="col">Found</th>
            <th scope="col">Ended</th>
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week.beginsAt}>
              <td>{onDay(week.beginsAt)}</td>
              <td>{[...week.found.values()].reduce((sum, each) => sum + each, 0)}</td>
              <td>{week.ended}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Ages({ trends: { waiting } }: { readonly trends: Trends }) {
  const ages = Object.entries(AGES).map(([age, words]) => ({
    age,
    words,
    counts: waiting.filter((each) => each.age === age),
  }));
  const longest = Math.max(1, ...ages.map(({ counts }) => sumOf(counts)));
  return (
    <div className={classes.ages}>
      {ages.map(({ age, words, counts }) => (
        <div key={age} className={classes.age}>
          <Link to="/findings" search={{ age }}>
            {words}
          </Link>
          <span className={classes.bar} aria-hidden>
            {ORDER.flatMap((verdict) => counts.find((each) => each.verdict === verdict) ?? []).map(
              ({ verdict, count }) => (
                <span
                  key={verdict}
                  data-verdict={verdict}
                  title={`${count} ${VERDICTS[verdict].name.toLowerCase()}`}
                  style={{ width: `${(100 * count) / longest}%` }}
                />
              ),
            )}
          </span>
          <span>{sumOf(counts).toLocaleString('en')}</span>
        </div>
      ))}
    </div>
  );
}
