import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { mergeMap, Observable } from 'rxjs';
import { beforeCommit } from '../database/before-commit.js';
import type { Tx } from '../database/tx.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { MusterRequest } from './route.js';

/**
 * Spends what let a request through in the use case's own transaction: both commit, or neither does. Of a thousand
 * requests that show one proof at once, one takes effect. A handler that wrote nothing has it spent before its answer
 * goes out.
 */
@Injectable()
export class PassInterceptor implements NestInterceptor {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const passes = context.switchToHttp().getRequest<MusterRequest>().passes ?? [];
    if (passes.length === 0) return next.handle();
    let spent = false;
    const outer = beforeCommit.getStore();
    const spend = async (tx: Tx): Promise<void> => {
      await outer?.(tx);
      for (const pass of passes) await pass.spend(tx);
      spent = true;
    };
    return new Observable((subscriber) =>
      beforeCommit.run(spend, () =>
        next
          .handle()
          .pipe(
            mergeMap(async (answer: unknown) => {
              if (!spent) await this.unitOfWork.aside(spend);
              return answer;
            }),
          )
          .subscribe(subscriber),
      ),
    );
  }
}
