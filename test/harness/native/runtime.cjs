const asyncHooks = require('node:async_hooks');
const { register } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const v8 = require('node:v8');

register(pathToFileURL(path.join(__dirname, 'typescript.js')).href);
process.setSourceMapsEnabled(true);
// Of what tests run little is run often: a fifth of the processor's time went into optimising what did not pay.
v8.setFlagsFromString('--interrupt-budget=2000000');

const HANDLERS = Symbol.for('EVENT_HANDLERS');
const TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');
const { AsyncLocalStorage } = asyncHooks;

/**
 * Loads tests as Node does, once a worker and not once a file: of the two seconds of processor time that a file took to find and
 * read the service and its libraries nothing is left but for the first. Jest stays what runs, reports and shares out the files.
 *
 * What this costs: files of one worker share their modules, so a module that keeps state between tests shows.
 */
module.exports = class NativeRuntime {
  storages = [];

  /** Jest's framework keeps what a file has defined in its own module: each file gets another one. */
  requireInternalModule(file) {
    const { storages } = this;
    delete globalThis[HANDLERS];
    delete require.cache[require.resolve(file)];
    asyncHooks.AsyncLocalStorage = class extends AsyncLocalStorage {
      constructor() {
        super();
        storages.push(this);
      }
    };
    try {
      return require(file);
    } finally {
      asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
    }
  }

  requireModule(file) {
    return require(file);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  unstable_importModule(file) {
    return import(pathToFileURL(file).href);
  }

  setGlobalsForRuntime(globals) {
    Object.assign(globalThis, globals, {
      jest: {
        setTimeout(milliseconds) {
          globalThis[TIMEOUT] = milliseconds;
        },
      },
    });
  }

  getSourceMaps() {
    return new Map();
  }

  getAllCoverageInfoCopy() {}

  getAllV8CoverageInfoCopy() {}

  enterTestCode() {}

  leaveTestCode() {}

  teardown() {
    delete globalThis[TIMEOUT];
    // Every one that was ever used costs each promise that is made from then on.
    for (const storage of this.storages) storage.disable();
  }
};
