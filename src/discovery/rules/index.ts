import type { Family, Rule } from '../domain/rule.js';
import { ai } from './ai.js';
import { aws } from './aws.js';
import { azure } from './azure.js';
import { clouds } from './clouds.js';
import { commerce } from './commerce.js';
import { databases } from './databases.js';
import { frameworks } from './frameworks.js';
import { generic } from './generic/index.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { google } from './google.js';
import { identity } from './identity.js';
import { infrastructure } from './infrastructure.js';
import { keys } from './keys.js';
import { mail } from './mail.js';
import { messaging } from './messaging.js';
import { monitoring } from './monitoring.js';
import { payments } from './payments.js';
import { registries } from './registries.js';
import { urls } from './urls.js';
import { work } from './work.js';

/** Every family there is. */
const FAMILIES: readonly Family[] = [
  keys,
  urls,
  github,
  gitlab,
  aws,
  azure,
  google,
  clouds,
  infrastructure,
  databases,
  registries,
  identity,
  frameworks,
  monitoring,
  messaging,
  mail,
  work,
  payments,
  commerce,
  ai,
  generic,
];

/** Every rule there is. */
export const RULES: readonly Rule[] = FAMILIES.flat();
