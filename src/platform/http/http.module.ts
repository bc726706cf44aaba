import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { RequestError } from './errors.js';
import { EtagInterceptor } from './etag.interceptor.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { OpenApiController } from './openapi.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { RateLimits } from './rate-limits.js';
import { RouteCatalogue } from './route-catalogue.js';

const MAX_ERRORS_SHOWN = 20;

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Names what is wrong and where, never the value that was sent. */
function validationError(issues: readonly Issue[]): RequestError {
  const errors = issues.slice(0, MAX_ERRORS_SHOWN).map(({ path, message }) => ({
    path: (path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.'),
    message,
  }));
  const first = errors[0];
  const where = first?.path ? `${first.path}: ` : '';
  return new RequestError('request_invalid', `${where}${first?.message ?? 'The request is not valid.'}`, {
    details: { errors },
  });
}

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
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [RateLimits, RouteCatalogue, IdempotencyKeys],
})
export class HttpModule {}
