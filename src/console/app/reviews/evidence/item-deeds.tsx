import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ButtonLink } from '../../page/button-link.js';
import { hasRole, useMe } from '../../session/me.js';
import { ExceptDialog } from '../campaigns/except-dialog.js';
import { campaignQuery, type ReviewItem } from '../reviews-queries.js';

/** To one's own queue, where it is in there; and, for whoever runs the campaign, to leave it undecided. */
export function ItemDeeds({ item }: { readonly item: ReviewItem }) {
  const me = useMe();
  const campaign = useQuery(campaignQuery(item.campaignId)).data;
  const [isExcepting, setExcepting] = useState(false);
  const runs = campaign?.state === 'open' && (campaign.ownerId === me.person.id || hasRole(me, 'administrator'));
  const isUndecided = item.state === 'open' || item.state === 'staged';
  return (
    <>
      {item.canDecide && (
        <ButtonLink to="/reviews" search={{ campaign: item.campaignId, item: item.id }}>
          Decide
        </ButtonLink>
      )}
      {runs && isUndecided && (
        <Button variant="default" onClick={() => setExcepting(true)}>
          Except it
        </Button>
      )}
      {isExcepting && (
        <ExceptDialog
          of={{ itemId: item.id }}
          name={`${item.name} stays undecided.`}
          onClose={() => setExcepting(false)}
        />
      )}
    </>
  );
}
