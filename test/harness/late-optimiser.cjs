/**
 * Has V8 optimise later in a service that is soon over (docs/adr/0010). V8 is told once all is loaded: what the build had it make holds
 * under the flags alone under which it was made.
 */
const { setFlagsFromString } = require('node:v8');

setImmediate(() => setFlagsFromString('--interrupt-budget=2000000'));
