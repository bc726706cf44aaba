import { Link } from '@tanstack/react-router';
import classes from '../home/home-page.module.css';
import { Section } from '../page/section.js';
import { Instant } from '../time/instant.js';
import { ProgressBar } from './queue/progress-bar.js';
import type { MyCampaign } from './reviews-queries.js';

/** Reviews that ask something of this person, the most urgent first. */
export function ReviewsForMe({ owed }: { readonly owed: readonly MyCampaign[] }) {
  if (owed.length === 0) return null;
  return (
    <Section title="For you to review" bare>
      <ul className={classes.list}>
        {owed.map((campaign) => (
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
      </ul>
    </Section>
  );
}
