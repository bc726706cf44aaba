import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/index.js';
import { AttestationModule } from '../attestation/index.js';
import { InventoryModule } from '../inventory/index.js';
import { AuditModule } from '../audit/index.js';
import { AuthoritiesController } from './authorities.controller.js';
import { AuthoritiesRepository } from './authorities.repository.js';
import { Authorities } from './authorities.service.js';
import { CertificateAuthenticator } from './certificate-authenticator.js';
import { CertificateRecorder } from './certificate-recorder.js';
import { CertificateRecords } from './certificate-records.js';
import { CertificatesController } from './certificates.controller.js';
import { Certificates } from './certificates.service.js';
import { CrlsRepository } from './crls.repository.js';
import { Delivery } from './delivery.js';
import { FeedController } from './feed.controller.js';
import { FeedEvents } from './feed-events.js';
import { Feed } from './feed.service.js';
import { Founding } from './founding.js';
import { HeldCertificates } from './held-certificates.js';
import { IntentsRepository } from './intents.repository.js';
import { IssuanceJobs } from './issuance.jobs.js';
import { ListNudge } from './list-nudge.js';
import { LogWakes } from './log-wakes.js';
import { OAuthMetadata } from './oauth-metadata.js';
import { ReceiptsRepository } from './receipts.repository.js';
import { CredentialRefusals } from './credential-refusals.js';
import { RevocationLists } from './revocation-lists.js';
import { Revocations } from './revocations.service.js';
import { ServiceCertificate } from './service-certificate.js';
import { ShownCertificates } from './shown-certificates.js';
import { TokenAuthenticator } from './token-authenticator.js';
import { TokenConsents } from './token-consents.js';
import { TokenRecorder } from './token-recorder.js';
import { TokensController } from './tokens.controller.js';
import { Tokens } from './tokens.service.js';
import { UsagePointsRepository } from './usage-points.repository.js';
import { Usage } from './usage.service.js';
import { WorkloadAdmission } from './workload-admission.js';

@Module({
  imports: [ApprovalsModule, AuditModule, InventoryModule, AttestationModule],
  controllers: [CertificatesController, TokensController, AuthoritiesController, FeedController],
  providers: [
    Authorities,
    AuthoritiesRepository,
    CertificateAuthenticator,
    CertificateRecorder,
    CertificateRecords,
    Certificates,
    CrlsRepository,
    Delivery,
    Feed,
    FeedEvents,
    Founding,
    HeldCertificates,
    IntentsRepository,
    IssuanceJobs,
    ListNudge,
    LogWakes,
    OAuthMetadata,
    ReceiptsRepository,
    CredentialRefusals,
    RevocationLists,
    Revocations,
    ServiceCertificate,
    ShownCertificates,
    TokenAuthenticator,
    TokenConsents,
    TokenRecorder,
    Tokens,
    Usage,
    UsagePointsRepository,
    WorkloadAdmission,
  ],
  exports: [
    Authorities,
    CertificateAuthenticator,
    Founding,
    HeldCertificates,
    RevocationLists,
    Revocations,
    ServiceCertificate,
    TokenAuthenticator,
    Usage,
  ],
})
export class IssuanceModule {}
