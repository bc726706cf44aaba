import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Inventory } from '../../inventory/index.js';
import { addSeconds, HOUR_SECONDS } from '../../kernel/index.js';
import { Jobs, Mailer, SystemClock, UnitOfWork } from '../../platform/index.js';
import { FIRST_REMINDER_SECONDS, LATE_REMINDER_SECONDS, reminderOf } from './domain/reminder.js';
import { LettersRepository } from './letters.repository.js';

/**
 * Reminds whoever is left alone with identities that the time to name another custodian runs out (INV-3): one letter for
 * all that one departure left them, each reminder once, however many replicas run and whenever they restart.
 */
@Injectable()
export class RemindersJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly inventory: Inventory,
    private readonly letters: LettersRepository,
    private readonly clock: SystemClock,
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    if (this.mailer.isOn) this.jobs.every('letters.remind', HOUR_SECONDS, () => this.remind());
  }

  remind(): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      const from = addSeconds(at, -LATE_REMINDER_SECONDS);
      const due = await this.inventory.listHandOvers(tx, from, addSeconds(at, FIRST_REMINDER_SECONDS));
      for (const { custodianId, dueAt } of due) {
        const letter = reminderOf(dueAt, at);
        if (letter) await this.letters.add(tx, letter, custodianId, [custodianId], dueAt.toISOString(), at);
      }
    });
  }
}
