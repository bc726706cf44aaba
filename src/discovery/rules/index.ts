import type { Family, Rule } from '../domain/rule.js';
import { github } from './github.js';

/** Every family there is, in the order of the alphabet. */
const FAMILIES: readonly Family[] = [github];

/** Every rule there is. */
export const RULES: readonly Rule[] = FAMILIES.flat();
