import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { addSeconds, DAY_SECONDS } from '../../kernel/index.js';
import { instant, instantInput, Route, SystemClock, toInstant, UnitOfWork } from '../../platform/index.js';
import { CalendarRepository, DATE_KINDS } from './calendar.repository.js';

const MOST = 1000;
const LONGEST_SECONDS = 400 * DAY_SECONDS;
const USUAL_SECONDS = 90 * DAY_SECONDS;

const calendarQuery = z
  .strictObject({ from: instantInput.optional(), to: instantInput.optional() })
  .refine(
    ({ from, to }) => !from || !to || (to > from && to <= addSeconds(from, LONGEST_SECONDS)),
    'to must follow from within 400 days',
  );

const calendarSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        at: instant,
        kind: z.enum(DATE_KINDS),
        id: z.string(),
        name: z.string(),
      }),
    ),
  })
  .meta({ id: 'ReviewCalendar' });

@Controller('v1/review-calendar')
export class CalendarController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly calendar: CalendarRepository,
    private readonly clock: SystemClock,
  ) {}

  @Get()
  @Route({
    summary: 'Shows what of reviews is due, starts and runs out: in the next 90 days unless said, the first 1000.',
    action: 'review.read',
    answers: { 200: calendarSchema },
    records: 'none',
  })
  async read(@Query({ schema: calendarQuery }) query: z.output<typeof calendarQuery>) {
    const from = query.from ?? (query.to ? addSeconds(query.to, -USUAL_SECONDS) : this.clock.now());
    const to = query.to ?? addSeconds(from, USUAL_SECONDS);
    const dates = await this.unitOfWork.readOne((tx) => this.calendar.list(tx, from, to, MOST));
    return { items: dates.map(({ at, ...rest }) => ({ ...rest, at: toInstant(at) })) };
  }
}
