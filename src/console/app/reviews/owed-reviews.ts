import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { effectsQuery, type MyCampaign, myCampaignsQuery, samplesQuery } from './reviews-queries.js';

/** What reviews ask of one person. */
export interface OwedReviews {
  readonly campaigns: readonly MyCampaign[];
  readonly looks: number;
  readonly attestations: number;
}

/** Everything that reviews ask of whoever is signed in. */
export function useOwedReviews() {
  const campaigns = useQuery(myCampaignsQuery);
  const looks = useInfiniteQuery(samplesQuery({ reviewer: 'me', state: 'open' }));
  const attestations = useInfiniteQuery(effectsQuery({ ownerId: 'me', state: 'attestation-needed' }));
  const all = [campaigns, looks, attestations];
  const owed: OwedReviews = {
    campaigns: (campaigns.data ?? []).filter(({ open, staged }) => open + staged > 0),
    looks: counted(looks.data?.pages),
    attestations: counted(attestations.data?.pages),
  };
  return {
    owed,
    isNothing: owed.campaigns.length + owed.looks + owed.attestations === 0,
    isPending: all.some((each) => each.isPending),
    error: all.find((each) => each.isError)?.error ?? null,
    refetch: () => Promise.all(all.map((each) => each.refetch())),
  };
}

function counted(pages: readonly { readonly items: readonly unknown[] }[] = []): number {
  return pages.reduce((sum, { items }) => sum + items.length, 0);
}
