import { SERVICE_VERSION } from '../kernel/index.js';
import { NOUNS } from './nouns.js';
import { createProgram } from './program.js';

await createProgram(SERVICE_VERSION, NOUNS).parseAsync();
