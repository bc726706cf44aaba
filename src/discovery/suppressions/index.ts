import type { Location } from '../domain/finding.js';
import type { Sighting } from '../scan/sighting.js';
import type { Allowances } from './allowances.js';

export { Allowances, type AllowSettings, type Root } from './allowances.js';

/** What was seen, with who said at which place that it is to be left alone: recorded, and nothing hidden. */
export function withAllowances(sightings: readonly Sighting[], allowances: Allowances, at: Date): readonly Sighting[] {
  const today = at.toISOString().slice(0, 10);
  return sightings.map(({ note, ...sighting }) => {
    const { suppressed, lapsed } = allowances.decide({ ...sighting, note }, today);
    if (suppressed) {
      const location: Location = { ...sighting.location, suppressed };
      return { ...sighting, location, suppressed };
    }
    if (lapsed === null) return sighting;
    const { band, because } = sighting.verdict;
    return { ...sighting, verdict: { band, because: [...because, lapsed] } };
  });
}
