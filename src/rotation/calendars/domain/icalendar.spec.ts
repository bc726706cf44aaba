import { describe, expect, it } from '@jest/globals';
import { readICalendar } from './icalendar.js';
import { Zone } from './zone.js';

const BERLIN = Zone.of('Europe/Berlin');
const HORIZON = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2029, 0, 1) };
const calendar = (...events: string[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.map((event) => `BEGIN:VEVENT\n${event}\nEND:VEVENT`),
    'END:VCALENDAR',
  ].join('\n');
const read = (...events: string[]) =>
  readICalendar(calendar(...events), BERLIN, HORIZON).map(({ from, to }) =>
    [from, to].map((instant) => new Date(instant).toISOString().slice(0, 16)).join(' '),
  );

describe('an iCalendar', () => {
  it('keeps the clocks of its zone over a change of the time', () => {
    const event = 'UID:1\nDTSTART;TZID=America/New_York:20260307T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2';
    expect(read(event)).toEqual(['2026-03-07T14:00 2026-03-07T15:00', '2026-03-08T13:00 2026-03-08T14:00']);
  });

  it('takes whole days, and times without a zone, by the calendar’s own', () => {
    expect(read('UID:1\nDTSTART;VALUE=DATE:20260329')).toEqual(['2026-03-28T23:00 2026-03-29T22:00']);
    expect(read('UID:1\nDTSTART:20260701T120000\nDTEND:20260701T130000')).toEqual([
      '2026-07-01T10:00 2026-07-01T11:00',
    ]);
  });

  it('ends a rule at UNTIL, told in UTC', () => {
    const until = (text: string) =>
      read(`UID:1\nDTSTART;TZID=America/New_York:20260105T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=${text}`)
        .length;
    expect(until('20260107T010000Z')).toBe(2);
    expect(until('20260107T005959Z')).toBe(1);
  });

  it('leaves out what EXDATE names, adds RDATE, and moves what RECURRENCE-ID moves', () => {
    const event = [
      'UID:1',
      'DTSTART:20260105T090000Z',
      'DURATION:PT1H',
      'RRULE:FREQ=WEEKLY;COUNT=3',
      'EXDATE:20260112T090000Z',
      'RDATE:20260113T090000Z',
    ].join('\n');
    const moved = 'UID:1\nRECURRENCE-ID:20260119T090000Z\nDTSTART:20260120T100000Z\nDTEND:20260120T110000Z';
    expect(read(event, moved)).toEqual([
      '2026-01-05T09:00 2026-01-05T10:00',
      '2026-01-13T09:00 2026-01-13T10:00',
      '2026-01-20T10:00 2026-01-20T11:00',
    ]);
  });

  it('has no session where nobody is busy', () => {
    const event = 'UID:1\nDTSTART:20260105T090000Z\nDURATION:PT1H';
    expect(read(`${event}\nTRANSP:TRANSPARENT`)).toEqual([]);
    expect(read(`${event}\nSTATUS:CANCELLED`)).toEqual([]);
    expect(read('UID:1\nDTSTART:20260105T090000Z')).toEqual([]);
  });

  it('sees the end of an event that began before its horizon, and nothing after it', () => {
    expect(read('UID:1\nDTSTART:20251230T000000Z\nDTEND:20260103T000000Z')).toEqual([
      '2025-12-30T00:00 2026-01-03T00:00',
    ]);
    expect(read('UID:1\nDTSTART:20300105T090000Z\nDURATION:PT1H')).toEqual([]);
  });

  it.each([
    ['FREQ=SECONDLY', 'calendar_invalid'],
    ['FREQ=HOURLY', 'calendar_invalid'],
    ['FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,10,20,30,40,50', 'calendar_too_large'],
  ])('refuses RRULE:%s', (rule, code) => {
    expect(() => read(`UID:1\nDTSTART:20260105T090000Z\nRRULE:${rule}`)).toThrow(expect.objectContaining({ code }));
  });

  it('does not look for a day that never comes', () => {
    expect(read('UID:1\nDTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31')).toEqual(
      [],
    );
  });

  it.each([
    [
      'RANGE',
      'UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260105T090000Z\nDTSTART:20260105T090000Z',
      'calendar_invalid',
    ],
    ['no start', 'UID:1', 'calendar_invalid'],
    ['a zone that is none', 'UID:1\nDTSTART;TZID=Eastern Standard Time:20260105T090000', 'zone_unknown'],
    ['a period', 'UID:1\nDTSTART:20260105T090000Z\nRDATE;VALUE=PERIOD:20260106T090000Z/PT1H', 'calendar_invalid'],
  ])('refuses %s', (_what, event, code) => {
    expect(() => read(event)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses what is no calendar', () => {
    expect(() => readICalendar('hello', BERLIN, HORIZON)).toThrow('cannot be read');
    expect(() => readICalendar('BEGIN:VCARD\nEND:VCARD', BERLIN, HORIZON)).toThrow('VCALENDAR');
  });
});
