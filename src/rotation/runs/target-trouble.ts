import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Trouble } from './domain/trouble.js';

/** Which targets did not answer this process: noted by whoever asks them, and let be by whoever looks for what is due. */
@Injectable()
export class TargetTrouble extends Trouble<Id<'target'>> {}
