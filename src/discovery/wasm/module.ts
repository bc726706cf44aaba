// What the scanner's WebAssembly module exports. Its memory has one owner, `scan/engine.ts`, which says where everything lies;
// nothing is allocated here.
export { useTail } from './checks';
export { useLines } from './lines';
export { logAt, logCommit, readLog, useLog } from './log';
export { cutTasks, followChains, layOutBy, offsetsBy, orderFamilies, readHeaders, wantBlobs } from './plan';
export { prefilter, resumeAt, resumePart, useObject, usePrefilter } from './prefilter';
export { inflate } from './inflate';
export { applyDelta, deltaTarget } from './delta';
export { isText, lengthOf, putRange, widen } from './ranges';
