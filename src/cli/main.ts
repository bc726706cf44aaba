import { SERVICE_VERSION } from '../kernel/index.js';
import { endWithReader } from './broken-pipe.js';
import { NOUNS } from './nouns.js';
import { createProgram } from './program.js';

endWithReader();
void createProgram(SERVICE_VERSION, NOUNS).parseAsync();
