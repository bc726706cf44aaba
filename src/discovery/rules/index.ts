import type { Family, Rule } from '../domain/rule.js';
import { ai } from './ai.js';
import { aws } from './aws.js';
import { azure } from './azure.js';
import { clouds } from './clouds.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { google } from './google.js';
import { infrastructure } from './infrastructure.js';
import { messaging } from './messaging.js';
import { monitoring } from './monitoring.js';
import { payments } from './payments.js';
import { registries } from './registries.js';

/** Every family there is. */
const FAMILIES: readonly Family[] = [
  github,
  gitlab,
  aws,
  azure,
  google,
  clouds,
  infrastructure,
  registries,
  monitoring,
  messaging,
  payments,
  ai,
];

/** Every rule there is. */
export const RULES: readonly Rule[] = FAMILIES.flat();
