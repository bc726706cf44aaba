import { type Der, malformed } from './reader.js';
import { TAG } from './tags.js';
import { encode } from './writer.js';

const UTC_TIME = /^\d{12}Z$/;
const GENERALIZED_TIME = /^\d{14}Z$/;
const FIRST_GENERALIZED_YEAR = 2050;

/** Reads UTCTime or GeneralizedTime in the one form RFC 5280 §4.1.2.5 allows: to the second, in UTC, with `Z`. */
export function timeValue(value: Der): Date {
  const text = value.content.toString('latin1');
  if (value.tag === TAG.utcTime && UTC_TIME.test(text)) {
    const century = Number(text.slice(0, 2)) >= 50 ? '19' : '20';
    return instantOf(century + text);
  }
  if (value.tag === TAG.generalizedTime && GENERALIZED_TIME.test(text)) return instantOf(text);
  throw malformed('a time is not in the form YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ');
}

function instantOf(text: string): Date {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)!;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at.getTime()) || digitsOf(at) !== text.slice(0, -1)) throw malformed('a time does not exist');
  return at;
}

/**
 * Writes an instant, cut down to the second, as RFC 5280 §4.1.2.5 demands: UTCTime through the year 2049 and
 * GeneralizedTime from 2050 on.
 */
export function encodeTime(at: Date): Buffer {
  const digits = digitsOf(at);
  const year = at.getUTCFullYear();
  if (year >= 1950 && year < FIRST_GENERALIZED_YEAR) return encode(TAG.utcTime, Buffer.from(`${digits.slice(2)}Z`));
  return encode(TAG.generalizedTime, Buffer.from(`${digits}Z`));
}

function digitsOf(at: Date): string {
  return at.toISOString().slice(0, 19).replace(/[-:T]/g, '');
}
