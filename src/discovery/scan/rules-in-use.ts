import type { Skipped } from '../domain/finding.js';
import { builtInRules } from './built-in-rules.js';
import { Engine } from './engine.js';
import { userRules } from './user-rules.js';

/** An engine for the rules of the program and the user's. */
export interface RulesInUse {
  readonly engine: Engine;
  /** Rules of the user's that took too long at some place, and were given up there. */
  readonly givenUp: readonly string[];
}

/**
 * @param text of the user's file of rules; null without one
 * @throws ScanError `rules_malformed`
 */
export function rulesInUse(text: string | null): RulesInUse {
  const givenUp: string[] = [];
  const own = text === null ? [] : [userRules(text, (id) => givenUp.push(id))];
  return { engine: new Engine(builtInRules(), ...own), givenUp };
}

export function skippedRules(givenUp: readonly string[]): readonly Skipped[] {
  return givenUp.map((id) => ({ path: `rule ${id}`, reason: 'rule-too-slow' }));
}
