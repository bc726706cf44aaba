/**
 * Text that reads as it is written: without control characters, lone surrogates, line separators, and the marks by which
 * text is shown in another order than it is stored (Unicode UAX #9, explicit formatting), which would let somebody
 * approve other words than they see.
 */
export const PLAIN_TEXT = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u;
