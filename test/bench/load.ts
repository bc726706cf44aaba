import type { Lap } from './closed-loop.js';

/** What is measured: the processes of Muster on the one side and those of its database on the other. */
export interface Measured {
  /** The process whose tree is the service. */
  readonly servicePid: number;
  readonly postmasterPid: number;
  /** The directory of the database's files. */
  readonly databaseDirectory: string;
  /** Signs in as the application role. */
  readonly databaseUrl: string;
}

/** One bench, set up: something that runs, and work to give to it. */
export interface Load {
  readonly measured: Measured;
  /**
   * Makes everything that so many clients can use up in so many seconds, before the clock starts.
   *
   * @param rate operations per second that have been reached so far
   */
  prepare(clients: number, seconds: number, rate: number): Promise<void>;
  run(clients: number, seconds: number): Promise<Lap>;
  stop(): Promise<void>;
}
