import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { EtagInterceptor } from './etag.interceptor.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { OpenApiController } from './openapi.controller.js';
import { PassInterceptor } from './pass.interceptor.js';
import { ProblemFilter } from './problem.filter.js';
import { RateLimits } from './rate-limits.js';
import { RouteCatalogue } from './route-catalogue.js';
import { validationError } from './validation.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [OpenApiController],
  providers: [
    RateLimits,
    RouteCatalogue,
    IdempotencyKeys,
    { provide: APP_GUARD, useClass: AccessGuard },
    {
      provide: APP_PIPE,
      useFactory: () => new StandardSchemaValidationPipe({ exceptionFactory: validationError as never }),
    },
    // The outer one first, so that an answer that is repeated has its ETag too.
    { provide: APP_INTERCEPTOR, useClass: EtagInterceptor },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    // The innermost: what is answered from memory spends nothing.
    { provide: APP_INTERCEPTOR, useClass: PassInterceptor },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [RateLimits, RouteCatalogue, IdempotencyKeys],
})
export class HttpModule {}
