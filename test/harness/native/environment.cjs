/** The process itself, where Jest would make a realm of its own for every file. */
module.exports = class Native {
  global = globalThis;
  moduleMocker = null;
  fakeTimers = null;
  fakeTimersModern = null;
  exit = process.exit;

  /** Jest reads source maps from files of its transformers; Node has them from the modules that it loaded. */
  async setup() {
    Error.prepareStackTrace = undefined;
  }

  async teardown() {
    // Jest wraps it anew for every file.
    process.exit = this.exit;
  }

  getVmContext() {
    return null;
  }

  exportConditions() {
    return ['node'];
  }
};
