/** Where the time comes from. Pure code takes an instant; services take a clock; tests take one they can move. */
export interface Clock {
  now(): Date;
}
