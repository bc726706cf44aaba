import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../platform/index.js';
import { Audit } from './audit.js';
import { AuditController } from './audit.controller.js';
import { Checkpoints } from './checkpoints.js';
import { Evidence } from './evidence.service.js';
import { Exports } from './exports.service.js';
import { LogIdentity } from './log-identity.js';
import { LogReader } from './log-reader.js';
import { Partitions } from './partitions.js';
import { Refusals } from './refusals.js';
import { Sequencer } from './sequencer.js';

/** The log: appending to it, reading it, proving it. Every room below records through it, so it is everywhere. */
@Global()
@Module({
  controllers: [AuditController],
  providers: [Audit, Checkpoints, Evidence, Exports, LogIdentity, LogReader, Refusals],
  exports: [Audit, Checkpoints, Exports, LogIdentity, LogReader, Refusals],
})
export class AuditModule {}

/** What a worker does for the log. One worker at a time is the sequencer. */
@Module({ providers: [Partitions, Sequencer] })
export class AuditWorkerModule implements OnModuleInit {
  constructor(
    private readonly log: LogReader,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('muster_audit_lag_records', 'Committed records that are not in the tree yet.', () =>
      this.log.lag(),
    );
  }
}
