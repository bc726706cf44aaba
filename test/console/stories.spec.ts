import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { close, draw, open } from './stories/stage.js';
// They are told in this order.
import './stories/people.js';
import './stories/identities.js';
import './stories/ways-in.js';
import './stories/oneself.js';
import './stories/findings.js';
import './stories/every-page.js';

/** One story after the other before one service and one browser: what costs most is to start them. */

beforeAll(open, 120_000);
afterAll(close);
afterEach(() => draw(expect.getState().currentTestName ?? ''));
