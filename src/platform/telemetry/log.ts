import { Injectable, type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../config/index.js';
import { FailureLog } from '../http/index.js';
import { errorFields } from './error-fields.js';
import { type LogFields, permitted } from './log-fields.js';
import { requestContext } from './request-context.js';

/** The service's log: one JSON object a line, of known fields only, each with the request it belongs to. */
@Injectable()
export class Log {
  private readonly pino: Pino;

  /** @param destination where lines go; standard output unless a test reads them */
  constructor(level: LogLevel, destination?: DestinationStream) {
    const options = {
      level,
      base: undefined,
      messageKey: 'event',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
    };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  debug(event: string, fields: LogFields = {}): void {
    this.write('debug', event, fields);
  }

  info(event: string, fields: LogFields = {}): void {
    this.write('info', event, fields);
  }

  warn(event: string, fields: LogFields = {}, cause?: unknown): void {
    this.write('warn', event, { ...fields, ...causeFields(cause) });
  }

  error(event: string, fields: LogFields = {}, cause?: unknown): void {
    this.write('error', event, { ...fields, ...causeFields(cause) });
  }

  private write(level: 'debug' | 'error' | 'info' | 'warn', event: string, fields: LogFields): void {
    if (!this.pino.isLevelEnabled(level)) return;
    this.pino[level](permitted({ ...requestContext.getStore(), ...fields }), event.slice(0, 500));
  }
}

function causeFields(cause: unknown): LogFields {
  return cause === undefined ? {} : { cause: errorFields(cause) };
}

/** Failures that callers were not told the cause of, by their request. */
@Injectable()
export class FailureLines extends FailureLog {
  constructor(private readonly log: Log) {
    super();
  }

  override failed(requestId: string, code: string, cause: unknown): void {
    const level = code === 'internal' ? 'error' : 'warn';
    this.log[level]('request failed', { requestId, code, cause: errorFields(cause) });
  }
}

/**
 * Nest's own logger, onto ours. What Nest says of its start is for `debug`; a module's `new Logger(Name)` comes through
 * here too: its text is written as it is, so it must hold no value of a user's; an error beside it is reduced.
 */
export class NestLog implements LoggerService {
  constructor(private readonly lines: Log) {}

  verbose(message: unknown, ...rest: unknown[]): void {
    this.debug(message, ...rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    const { event, fields } = told(message, rest);
    this.lines.debug(event, fields);
  }

  log(message: unknown, ...rest: unknown[]): void {
    const { event, fields } = told(message, rest);
    if (FRAMEWORK.includes(String(fields.component))) this.lines.debug(event, fields);
    else this.lines.info(event, fields);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    const { event, fields } = told(message, rest);
    this.lines.warn(event, fields);
  }

  error(message: unknown, ...rest: unknown[]): void {
    const { event, fields } = told(message, rest);
    this.lines.error(event, fields);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

const FRAMEWORK = ['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver'];

/** Nest passes the message, then anything, then the name of the logger: `(message, …details, context)`. */
function told(message: unknown, rest: readonly unknown[]): { event: string; fields: LogFields } {
  const context = rest.at(-1);
  const details = (typeof context === 'string' ? rest.slice(0, -1) : rest).filter((part) => part instanceof Error);
  const component = typeof context === 'string' ? context : undefined;
  const [thrown] = message instanceof Error ? [message] : details;
  const fields = { component, ...(thrown && { cause: errorFields(thrown) }) };
  if (typeof message === 'string') return { event: message, fields };
  if (typeof message !== 'object' || message === null || message instanceof Error) return { event: 'failed', fields };
  const { message: text, error, ...known } = message as Record<string, unknown>;
  const cause = error instanceof Error ? { cause: errorFields(error) } : {};
  return { event: typeof text === 'string' ? text : 'told', fields: { ...permitted(known), ...fields, ...cause } };
}
