import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ApprovalsModule, ApprovalConsents, BreakGlassEmergencies, GuardConsents } from './approvals/index.js';
import { AttestationModule } from './attestation/index.js';
import { AuditModule, AuditWorkerModule, Refusals } from './audit/index.js';
import { ConsoleModule } from './console/index.js';
import { CustodiansModule, Emergencies, SessionAuthenticator, Succession } from './custodians/index.js';
import { DiscoveryModule, LeakRotation } from './discovery/index.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from './inventory/index.js';
import { CertificateAuthenticator, CertificateRotation, IssuanceModule, TokenAuthenticator } from './issuance/index.js';
import {
  ApprovalDesk,
  type Authenticator,
  Authenticators,
  DecisionPoint,
  type Foundation,
  HttpModule,
  PlatformModule,
  RefusalLog,
  StepUpDesk,
  Subjects,
  TelemetryModule,
} from './platform/index.js';
import { PolicyDecisions, PolicyModule, PolicyWorkerModule } from './policy/index.js';
import { ReviewsModule } from './reviews/index.js';
import { LeakedRuns, RotatingCertificates, RotationModule } from './rotation/index.js';
import { StepUpModule, StepUpPasses } from './step-up/index.js';
import { TargetsModule } from './targets/index.js';
import { Names } from './names.js';

/** The rooms in dependency order: the table of contents. */
export const ROOMS = [
  HttpModule,
  AuditModule,
  PolicyModule,
  CustodiansModule,
  InventoryModule,
  StepUpModule,
  ApprovalsModule,
  AttestationModule,
  IssuanceModule,
  TargetsModule,
  RotationModule,
  ReviewsModule,
  DiscoveryModule,
  ConsoleModule,
] as const;

/** What runs without being asked, in processes of the role worker. */
const WORKERS = [AuditWorkerModule, PolicyWorkerModule];

/** Tried in this order: a session's token, an access token with its certificate, a certificate alone. */
class CallerProofs extends Authenticators {
  constructor(readonly all: readonly Authenticator[]) {
    super();
  }
}

const PORTS = [
  { provide: DecisionPoint, useExisting: PolicyDecisions },
  { provide: RefusalLog, useExisting: Refusals },
  { provide: StepUpDesk, useExisting: StepUpPasses },
  { provide: ApprovalDesk, useExisting: GuardConsents },
  { provide: Subjects, useClass: Names },
  { provide: Emergencies, useExisting: BreakGlassEmergencies },
  { provide: Succession, useExisting: InventorySuccession },
  { provide: ActivationConsent, useExisting: ApprovalConsents },
  { provide: CertificateRotation, useExisting: RotatingCertificates },
  { provide: LeakRotation, useExisting: LeakedRuns },
  {
    provide: Authenticators,
    useFactory: (...all: Authenticator[]) => new CallerProofs(all),
    inject: [SessionAuthenticator, TokenAuthenticator, CertificateAuthenticator],
  },
];

/** Where a lower room's question meets the higher room that answers it. */
@Global()
@Module({
  imports: [
    AuditModule,
    PolicyModule,
    CustodiansModule,
    InventoryModule,
    StepUpModule,
    ApprovalsModule,
    IssuanceModule,
    TargetsModule,
    RotationModule,
    ReviewsModule,
    DiscoveryModule,
  ],
  providers: PORTS,
  exports: PORTS.map(({ provide }) => provide),
})
class PortsModule {}

@Module({})
export class AppModule {
  static forRoot(foundation: Foundation): DynamicModule {
    const workers = foundation.config.has('worker') ? WORKERS : [];
    const telemetry = TelemetryModule.forRoot(foundation.log, foundation.metrics);
    const platform = PlatformModule.forRoot(foundation);
    return { module: AppModule, imports: [platform, telemetry, PortsModule, ...ROOMS, ...workers] };
  }
}
