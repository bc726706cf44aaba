import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readTradingDays, type TradingDays } from '../domain/trading-days.js';

/** The exchanges whose trading days come with the service, one file each. */
export const EXCHANGES = ['nyse', 'nasdaq'] as const;
export type Exchange = (typeof EXCHANGES)[number];

const read = new Map<Exchange, TradingDays>();

/** What is known of an exchange: read once, from the file beside this one. */
export function tradingDaysOf(exchange: Exchange): TradingDays {
  const found = read.get(exchange);
  if (found) return found;
  const days = readTradingDays(readFileSync(path.join(import.meta.dirname, `${exchange}.yaml`), 'utf8'));
  read.set(exchange, days);
  return days;
}
