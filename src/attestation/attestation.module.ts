import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { InventoryModule } from '../inventory/index.js';
import { AttestationController } from './attestation.controller.js';
import { AttestationJobs } from './attestation.jobs.js';
import { Attestation } from './attestation.service.js';
import { JoinTokens } from './join-tokens.service.js';
import { Oidc } from './oidc.js';
import { ProviderKeys } from './provider-keys.js';
import { ProvidersController } from './providers.controller.js';
import { ProvidersRepository } from './providers.repository.js';
import { Providers } from './providers.service.js';
import { Refusals } from './refusals.js';
import { RefusalsRepository } from './refusals.repository.js';
import { TokensRepository } from './tokens.repository.js';
import { TrustSurrounding } from './trust-surrounding.js';
import { TrustsController } from './trusts.controller.js';
import { TrustsRepository } from './trusts.repository.js';
import { Trusts } from './trusts.service.js';

@Module({
  imports: [AuditModule, InventoryModule],
  controllers: [ProvidersController, TrustsController, AttestationController],
  providers: [
    ...[ProvidersRepository, TrustsRepository, TokensRepository, RefusalsRepository],
    ...[Providers, Trusts, JoinTokens, ProviderKeys, Oidc, Refusals, Attestation, AttestationJobs, TrustSurrounding],
  ],
  exports: [Attestation, AttestationJobs],
})
export class AttestationModule {}
