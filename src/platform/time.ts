import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Clock, type Id, idFrom, type IdKind } from '../kernel/index.js';

/** The machine's clock. Tests bind one they can move in its place. */
@Injectable()
export class SystemClock implements Clock {
  now(): Date {
    return new Date();
  }
}

/** Gives new identifiers. */
@Injectable()
export class Ids {
  constructor(private readonly clock: SystemClock) {}

  next<Kind extends IdKind>(kind: Kind): Id<Kind> {
    return idFrom(kind, this.clock.now().getTime(), randomBytes(10));
  }
}
