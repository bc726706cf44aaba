import { Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { MINUTE_SECONDS, systemActor } from '../../kernel/index.js';
import { Ids, Jobs, Metrics, UnitOfWork } from '../../platform/index.js';
import { BreakGlassEmergencies } from './break-glass-emergencies.js';
import { BreakingGlass } from './break-glass.service.js';

/** Notes what ended by time, and counts what is open and what nobody has reviewed, for whoever watches. */
@Injectable()
export class BreakGlassJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly glass: BreakingGlass,
    private readonly emergencies: BreakGlassEmergencies,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: Ids,
    @Optional() private readonly metrics?: Metrics,
  ) {}

  onModuleInit(): void {
    this.jobs.every('break-glass.lapse', MINUTE_SECONDS, () =>
      this.glass.lapseDue(systemActor('break-glass', this.ids.next('request'))),
    );
    this.metrics?.gauge('muster_break_glass', 'Broken glass that is open, or whose review is due or overdue.', () =>
      this.count(),
    );
  }

  private async count(): Promise<Record<string, number>> {
    const counts = { open: 0, 'review-due': 0, 'review-overdue': 0 };
    const all = await this.unitOfWork.read((tx) => this.emergencies.list(tx, undefined));
    for (const { state } of all) counts[state] += 1;
    return counts;
  }
}
