import type { Id, Json } from '../../kernel/index.js';
import type { LastDelivery } from './sink.js';
import { SinkError } from './sink-errors.js';

/** Somebody's recorded word that a place may lie at a loopback or private address. */
export interface PlaceConsent {
  readonly by: Id<'person'>;
  /** RFC 3339. */
  readonly consentedAt: string;
  readonly reason: string;
}

/** A place that a rotation's secret is delivered to. How to get in is sealed, and no part of this. */
export interface PlacedSink {
  readonly id: Id<'rotationSink'>;
  readonly rotationId: Id<'rotation'>;
  readonly kind: string;
  /** Where, in one line, without any secret. */
  readonly place: string;
  /** As its kind says. */
  readonly settings: Readonly<Record<string, Json>>;
  /** PEM of authorities that are believed for this place, beside the public ones. */
  readonly caCertificates: string | null;
  readonly privateNetwork: PlaceConsent | null;
  /** What stood there before the first delivery may go. */
  readonly takesOver: boolean;
  readonly last: LastDelivery;
  readonly deliveredAt: Date | null;
  /** Stable code of why the last look or delivery failed. */
  readonly failure: string | null;
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export type SinkChange = Partial<Pick<PlacedSink, 'caCertificates' | 'privateNetwork' | 'takesOver'>>;

/** What is not encrypted is reached in a network of one's own alone, and by consent. @throws SinkError `consent_required` */
export function checkedSink(sink: PlacedSink): PlacedSink {
  const { url, endpoint } = sink.settings;
  const plain = [url, endpoint].some((one) => typeof one === 'string' && one.startsWith('http:'));
  if (!plain || sink.privateNetwork) return sink;
  throw new SinkError(
    'consent_required',
    'Without TLS a place is on a network of your own: give privateNetwork with a reason to consent to it.',
  );
}

/** A place as the audit log keeps it: what was delivered there is told by the steps of runs. */
export function sinkImage(sink: PlacedSink): Json {
  return {
    id: sink.id,
    rotation_id: sink.rotationId,
    kind: sink.kind,
    place: sink.place,
    settings: { ...sink.settings },
    ca_certificates: sink.caCertificates,
    private_network: sink.privateNetwork && { ...sink.privateNetwork },
    takes_over: sink.takesOver,
    version: sink.version,
    created_by: sink.createdBy,
    created_at: sink.createdAt.toISOString(),
    changed_at: sink.changedAt.toISOString(),
  };
}
