import type { Coverage } from '../../../targets/index.js';
import type { Consumer } from '../../domain/consumer.js';
import type { Rotation } from '../../domain/rotation.js';

/** Who would break, or hold a run up, if it began now. */
export interface Risk {
  readonly code:
    | 'consumer_never_seen'
    | 'consumer_behind'
    | 'consumer_silent'
    | 'nobody_gets_it'
    | 'coverage_none'
    | 'coverage_sampled'
    | 'coverage_unknown'
    | 'identity_not_active';
  readonly words: string;
  /** The instance it is about. */
  readonly consumer: string | null;
}

/** How much of one consumer is told. */
const MOST_CONSUMERS = 100;

/** What is known of a rotation besides itself. */
export interface Surroundings {
  readonly identityActive: boolean;
  readonly consumers: readonly Consumer[];
  readonly sinkCount: number;
  /** Of the last run that looked; null before. */
  readonly coverage: Coverage | null;
  readonly gaps: readonly string[];
}

export function risksOf(rotation: Rotation, around: Surroundings): Risk[] {
  const { identityActive, consumers, sinkCount, coverage } = around;
  const living = consumers.filter(({ forgotten }) => forgotten === null);
  const seen = new Set(consumers.map(({ instance }) => instance));
  const never = rotation.expectedConsumers.filter((instance) => !seen.has(instance));
  const risks: Risk[] = [
    ...(identityActive ? [] : [risk('identity_not_active', 'Its identity is not active: nothing new is made for it.')]),
    ...never.map((name) =>
      risk('consumer_never_seen', 'It is expected and never came: no agent runs there, or under another name.', name),
    ),
    ...living.flatMap((consumer) => riskOf(rotation, consumer, coverage)),
  ];
  // Certificates are made by those who hold them.
  if (rotation.targetId !== null && sinkCount === 0 && living.length === 0)
    risks.push(risk('nobody_gets_it', 'It is delivered nowhere and nobody fetches it: name a sink, or run an agent.'));
  const ofCoverage = COVERAGE_RISKS[coverage ?? 'unknown'];
  if (ofCoverage) risks.push(risk(ofCoverage[0], [ofCoverage[1], ...around.gaps].join(' ')));
  return risks.slice(0, MOST_CONSUMERS);
}

const COVERAGE_RISKS: Readonly<Record<Coverage | 'unknown', readonly [Risk['code'], string] | null>> = {
  complete: null,
  late: null,
  sampled: [
    'coverage_sampled',
    'The target shows samples of who uses the old one: they may hold its withdrawal up, never permit it.',
  ],
  none: [
    'coverage_none',
    'The target cannot tell who uses the old one: its withdrawal waits for the longest life of the credential.',
  ],
  unknown: ['coverage_unknown', 'No run has looked yet what the target can tell of who uses the old one.'],
};

function riskOf({ currentVersion }: Rotation, consumer: Consumer, coverage: Coverage | null): Risk[] {
  const { instance, fetchedVersion, acknowledgedVersion } = consumer;
  const newest = Math.max(fetchedVersion ?? 0, acknowledgedVersion ?? 0);
  if (newest < currentVersion)
    return [risk('consumer_behind', `It was last given version ${newest}, and ${currentVersion} is in use.`, instance)];
  if (acknowledgedVersion === null && coverage !== 'complete')
    return [
      risk('consumer_silent', 'It fetches and never says what it uses: the target alone can show that.', instance),
    ];
  return [];
}

function risk(code: Risk['code'], words: string, consumer: string | null = null): Risk {
  return { code, words, consumer };
}
