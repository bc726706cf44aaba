import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Figures } from '../reviews-queries.js';
import classes from './campaign.module.css';

type Place = { readonly tab: string; readonly state?: string };

/** Where whatever causes a fault is seen and mended. */
const PLACES: Readonly<Record<string, Place>> = {
  items_undecided: { tab: 'items', state: 'open' },
  decisions_unsubmitted: { tab: 'items', state: 'staged' },
  effects_missing: { tab: 'effects' },
  effects_unverified: { tab: 'effects', state: 'pending' },
  effects_failed: { tab: 'effects', state: 'failed' },
  effects_unattested: { tab: 'effects', state: 'attestation-needed' },
  exceptions_missing: { tab: 'exceptions' },
  exceptions_lapsed: { tab: 'exceptions' },
  samples_open: { tab: 'looks' },
  disagreements_open: { tab: 'looks' },
};

interface FaultsProps {
  readonly campaignId: string;
  readonly faults: Figures['faults'];
}

/** Why the numbers do not add up yet, each with the way to its cause. */
export function Faults({ campaignId, faults }: FaultsProps) {
  if (faults.length === 0)
    return (
      <p className={classes.ties}>
        <IconCircleCheck size={20} aria-hidden />
        <span>
          <strong>It ties out.</strong> Everything frozen is decided or excepted, and everything decided is done.
        </span>
      </p>
    );
  return (
    <section className={classes.faults} aria-label="Why it does not tie out yet">
      <p>
        <IconAlertTriangle size={20} aria-hidden />
        <strong>It does not tie out yet.</strong>
      </p>
      <ul>
        {faults.map(({ code, words }) => (
          <li key={code}>
            <span>{words}</span>
            {PLACES[code] && (
              <Link to="/campaigns/$id" params={{ id: campaignId }} search={{ ...PLACES[code] }}>
                Show them
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
