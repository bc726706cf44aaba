import { Injectable } from '@nestjs/common';
import type { Rotation } from '../domain/rotation.js';
import type { Run, Step } from '../domain/run.js';

/** Whether a step may begin now; where not, why, and until when at least it waits. */
export type Admitted =
  | { readonly may: true }
  | { readonly may: false; readonly code: 'frozen' | 'pair_busy'; readonly until: Date };

/**
 * Port: what keeps a step from beginning, by the calendar or by its pair. Asked before `create`, `deliver` and `revoke-old`, each
 * time anew; whoever is held goes on by themselves.
 */
@Injectable()
export abstract class Admission {
  abstract mayBegin(rotation: Rotation, step: Step, run: Run, at: Date): Promise<Admitted>;
}
