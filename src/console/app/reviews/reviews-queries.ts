import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type ReviewItem = Schema['ReviewItem'];
export type ReviewItemRow = Schema['ListedReviewItem'];
export type Evidence = Schema['ReviewEvidence'];
export type Campaign = Schema['ReviewCampaign'];
export type Scope = Schema['ReviewScope'];
export type Preview = Schema['ReviewPreview'];
export type ReviewerProgress = Schema['ReviewerProgress'];
/** A campaign that asks something of whoever looks, and how far they are. */
export type MyCampaign = Schema['WaitingReview'];
export type QueuePage = { readonly items: readonly ReviewItemRow[]; readonly nextCursor: string | null };

const PAGE = 100;
const FREEZING_MILLISECONDS = 1_500;
const AHEAD_MILLISECONDS = 60_000;
const WAITING_MILLISECONDS = 60_000;
const FIGURES_MILLISECONDS = 10_000;
const EFFECTS_MILLISECONDS = 3_000;
const MOST_EXCEPTIONS = 200;
const MOST_REVIEWS = 50;

const at = (id: string) => ({ path: { id } });

/** What waits for this person, campaign by campaign, what is due first before the rest. */
export const myCampaignsQuery = queryOptions({
  queryKey: ['reviews', 'mine'],
  queryFn: async () => (await answerOf(service.GET('/v1/review-queue'))).items,
  refetchInterval: WAITING_MILLISECONDS,
});

export const queueKey = ['reviews', 'queue'] as const;

export interface QueueFilters {
  readonly q?: string | undefined;
  readonly state?: string | undefined;
}

/** What is this person's to decide in a campaign. */
export function queueQuery(campaignId: string, filters: QueueFilters) {
  return itemsQuery(queueKey, { campaignId, reviewer: 'me', ...filters });
}

/** What a campaign asks about, narrowed. */
export function campaignItemsQuery(
  campaignId: string,
  filters: QueueFilters & { readonly reviewer?: string | undefined; readonly decision?: string | undefined },
) {
  return itemsQuery(['reviews', 'items'], { campaignId, ...filters });
}

function itemsQuery(key: readonly string[], filters: object) {
  const asked = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''));
  return infiniteQueryOptions({
    queryKey: [...key, asked],
    queryFn: async ({ pageParam, signal }): Promise<QueuePage> => {
      // A page may be empty and not the last.
      for (let cursor = pageParam; ;) {
        const query = { ...asked, limit: PAGE, ...(cursor !== null && { cursor }) };
        const page: QueuePage = await answerOf(
          service.GET('/v1/review-items', { params: { query: query as never }, signal }),
        );
        cursor = page.nextCursor;
        if (page.items.length > 0 || cursor === null) return page;
      }
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** An item as it is shown: reading it says to the service that its evidence is open, so it is read whenever it is shown. */
export function itemQuery(id: string) {
  return queryOptions({
    queryKey: ['reviews', 'item', id],
    queryFn: () => answerOf(service.GET('/v1/review-items/{id}', { params: at(id) })),
    staleTime: 0,
  });
}

/** The same, before anybody sees it. */
export function itemAheadQuery(id: string) {
  return queryOptions({
    ...itemQuery(id),
    queryFn: () => answerOf(service.GET('/v1/review-items/{id}', { params: { ...at(id), query: { ahead: 'true' } } })),
    staleTime: AHEAD_MILLISECONDS,
  });
}

/** The reviews of an identity: the one that waits, and some of those that were. */
export function reviewsOfQuery(identityId: string) {
  return queryOptions({
    queryKey: ['reviews', 'of', identityId],
    queryFn: () =>
      answerOf(service.GET('/v1/review-items', { params: { query: { identityId, limit: MOST_REVIEWS } } })),
  });
}

export function submissionQuery(campaignId: string) {
  return queryOptions({
    queryKey: ['reviews', 'submission', campaignId],
    queryFn: () => answerOf(service.GET('/v1/review-campaigns/{id}/submission', { params: at(campaignId) })),
    staleTime: 0,
    gcTime: 0,
  });
}

export function campaignsQuery(list: string) {
  const asked = list === 'all' ? {} : list === 'mine' ? { ownerId: 'me' } : { state: list };
  return infiniteQueryOptions({
    queryKey: ['reviews', 'campaigns', list],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...asked, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/review-campaigns', { params: { query: query as never }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** Looks again by itself while the campaign is being frozen. */
export function campaignQuery(id: string) {
  return queryOptions({
    queryKey: ['reviews', 'campaign', id],
    queryFn: () => answerOf(service.GET('/v1/review-campaigns/{id}', { params: at(id) })),
    refetchInterval: ({ state }) => (state.data?.state === 'staging' ? FREEZING_MILLISECONDS : false),
  });
}

export function custodiansQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['reviews', 'custodians', id],
    queryFn: ({ pageParam }) => {
      const query = { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/review-campaigns/{id}/custodians', { params: { ...at(id), query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function previewQuery(scope: Scope) {
  return queryOptions({
    queryKey: ['reviews', 'preview', scope],
    queryFn: ({ signal }) => answerOf(service.POST('/v1/review-campaigns/preview', { body: { scope }, signal })),
  });
}

export type Figures = Schema['ReviewFigures'];
export type Sample = Schema['ReviewSample'];

/** The numbers of a campaign, and why they do not add up. They move by themselves as effects are seen to be done. */
export function figuresQuery(id: string) {
  return queryOptions({
    queryKey: ['reviews', 'figures', id],
    queryFn: () => answerOf(service.GET('/v1/review-campaigns/{id}/figures', { params: at(id) })),
    refetchInterval: ({ state }) => (state.data?.state === 'open' ? FIGURES_MILLISECONDS : false),
  });
}

export interface SampleFilters {
  readonly campaignId?: string;
  readonly reviewer?: 'me';
  readonly state?: Sample['state'];
}

/** Keeps that somebody looks at again. */
export function samplesQuery(filters: SampleFilters) {
  return infiniteQueryOptions({
    queryKey: ['reviews', 'samples', filters],
    queryFn: ({ pageParam }) => {
      const query = { ...filters, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/review-samples', { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export type Effect = Schema['ReviewEffect'];
export type ReviewException = Schema['ReviewException'];
export type SubmissionPreview = Schema['ReviewSubmissionPreview'];

/** The second look at an item; undefined where there is none. */
export function sampleOfQuery({ id, campaignId }: Pick<ReviewItem, 'id' | 'campaignId'>) {
  return queryOptions({
    queryKey: ['reviews', 'samples', 'of', id],
    queryFn: async () => {
      const query = { campaignId, itemId: id, limit: 1 };
      return (await answerOf(service.GET('/v1/review-samples', { params: { query } }))).items[0] ?? null;
    },
  });
}

export interface EffectFilters {
  readonly campaignId?: string;
  readonly itemId?: string;
  readonly state?: Effect['state'];
  readonly ownerId?: 'me';
}

const UNDONE: ReadonlySet<Effect['state']> = new Set(['pending', 'applied']);

/** What decisions ask to be done. Looks again by itself while something of it is under way. */
export function effectsQuery(filters: EffectFilters) {
  return infiniteQueryOptions({
    queryKey: ['reviews', 'effects', filters],
    queryFn: ({ pageParam }) => {
      const query = { ...filters, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/review-effects', { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((effect) => UNDONE.has(effect.state)))
        ? EFFECTS_MILLISECONDS
        : false,
  });
}

export function exceptionsQuery(campaignId: string) {
  return queryOptions({
    queryKey: ['reviews', 'exceptions', campaignId],
    queryFn: () =>
      answerOf(service.GET('/v1/review-exceptions', { params: { query: { campaignId, limit: MOST_EXCEPTIONS } } })),
  });
}
