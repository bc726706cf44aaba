// Required before a packed program (`node --require`): says of each packed file that is loaded, in whichever thread, whether what V8 made
// of it when it was built was taken, and when a thread is started.
const path = require('node:path');
const threads = require('node:worker_threads');
const vm = require('node:vm');

vm.Script = class extends vm.Script {
  constructor(source, options = {}) {
    super(source, options);
    const taken = options.cachedData !== undefined && this.cachedDataRejected === false;
    if (options.filename) process._rawDebug(`${path.basename(options.filename)} ${taken ? 'taken' : 'compiled anew'}`);
  }
};

threads.Worker = class extends threads.Worker {
  constructor(...given) {
    process._rawDebug('a thread starts');
    super(...given);
  }
};
