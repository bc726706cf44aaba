import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import type { Actor, Id } from '../../kernel/index.js';
import { SystemClock, UnitOfWork } from '../../platform/index.js';
import { EffectPlans } from '../effects/effect-plans.js';
import { sampleImage } from './domain/images.js';
import { overruled, type Overruling, requireResolvable } from './domain/second-look.js';
import { SamplesRepository } from './samples.repository.js';
import { Samples, type SeenSample } from './samples.service.js';

/**
 * What becomes of a keep that a second look disagreed with. It stands as it was submitted; what it would have asked for
 * otherwise is done now, as a further effect, which ties out as any other. The other way out is an exception.
 */
@Injectable()
export class Resolutions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly samples: Samples,
    private readonly repository: SamplesRepository,
    private readonly plans: EffectPlans,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Takes away after all what was kept, or a part of it.
   *
   * @throws ClosingError `sample_not_found`, `review_not_open`, `own_decision`, `not_the_resolver`, `not_disagreed`,
   *   `sample_resolved`; ReviewsError `grants_unknown`
   */
  async resolve(actor: Actor, itemId: Id<'reviewItem'>, wanted: Overruling): Promise<SeenSample> {
    const resolved = await this.unitOfWork.run(async (tx) => {
      const { campaign, before, item, looker } = await this.samples.lock(tx, actor, itemId);
      const { resolution } = await this.repository.get(tx, itemId);
      requireResolvable(before, looker, resolution !== null);
      const at = this.clock.now();
      await this.plans.plan(tx, campaign, [overruled(item, wanted, looker.id, at)], at);
      const sample = sampleImage(before);
      const { decision, grants, reason } = wanted;
      await this.audit.append(tx, {
        ...{ type: 'review.sample-resolved', actor, subject: itemId, before: { sample } },
        after: { sample, resolution: { decision, grants: grants && [...grants], reason } },
      });
      return (await this.samples.see(tx, actor, [await this.repository.get(tx, itemId)]))[0]!;
    });
    this.plans.soon();
    return resolved;
  }
}
