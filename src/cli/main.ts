import { SERVICE_VERSION } from '../kernel/index.js';
import { NOUNS } from './nouns.js';
import { createProgram } from './program.js';

void createProgram(SERVICE_VERSION, NOUNS).parseAsync();
