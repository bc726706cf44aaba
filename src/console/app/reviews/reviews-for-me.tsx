import { Link } from '@tanstack/react-router';
import classes from '../home/home-page.module.css';
import { Section } from '../page/section.js';
import { Instant } from '../time/instant.js';
import { ProgressBar } from './queue/progress-bar.js';
import type { OwedReviews } from './owed-reviews.js';

/** What reviews ask of this person, the most urgent first. */
export function ReviewsForMe({ owed: { campaigns, looks, attestations } }: { readonly owed: OwedReviews }) {
  if (campaigns.length + looks + attestations === 0) return null;
  return (
    <Section title="For you to review" bare>
      <ul className={classes.list}>
        {campaigns.map((campaign) => (
          <li key={campaign.campaignId} data-row className={classes.row}>
            <span className={classes.first}>
              <Link to="/reviews" search={{ campaign: campaign.campaignId }} className={classes.link}>
                {campaign.name}
              </Link>
              <span className={classes.about}>
                due <Instant at={campaign.dueAt} />
              </span>
            </span>
            <ProgressBar progress={campaign} label={`Your progress in ${campaign.name}`} />
          </li>
        ))}
        {looks > 0 && (
          <li data-row className={classes.row}>
            <Link to="/reviews" search={{ tab: 'looks' }} className={classes.link}>
              {looks === 1 ? 'A second look at what somebody kept' : `${looks} second looks at what others kept`}
            </Link>
          </li>
        )}
        {attestations > 0 && (
          <li data-row className={classes.row}>
            <Link to="/reviews" search={{ tab: 'attestations' }} className={classes.link}>
              {attestations === 1
                ? 'Your word that something is taken away'
                : `Your word that ${attestations} things are taken away`}
            </Link>
          </li>
        )}
      </ul>
    </Section>
  );
}
