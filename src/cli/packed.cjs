// Runs a packed program with what V8 made of it when it was built: reading that takes a fifth of what compiling takes, and a hook waits
// for both. V8 itself says whether it is of this version, these flags and this source (`cachedDataRejected`): if not, it compiles anew.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const CACHE = '.cache';
const PARAMETERS = 'exports, require, module, __filename, __dirname';
const loaded = new Map();
/** Of Node's own what takes as long to load as a few files to scan, and many runs do without: it is when it is first asked for something. */
const LATE = new Set(['node:child_process', 'node:fs/promises', 'node:worker_threads', 'node:zlib']);

/** The exports of a packed file beside this one, as `require` gives them. */
function load(name) {
  const filename = path.join(__dirname, name);
  const known = loaded.get(filename);
  if (known) return known.module.exports;
  const source = `(function (${PARAMETERS}) {${readFileSync(filename, 'utf8').replace(/^#!/, '//')}\n})`;
  const script = new Script(source, { filename, cachedData: madeBefore(filename) });
  const module = { exports: {} };
  loaded.set(filename, { script, module });
  const folder = path.dirname(name);
  const own = (wanted) => {
    if (wanted.startsWith('.')) return load(path.join(folder, wanted));
    return LATE.has(wanted) ? late(wanted) : require(wanted);
  };
  script.runInThisContext()(module.exports, own, module, filename, path.dirname(filename));
  return module.exports;
}

function late(name) {
  return new Proxy(
    {},
    {
      get: (_, key) => require(name)[key],
      has: (_, key) => key in require(name),
      ownKeys: () => Reflect.ownKeys(require(name)),
      getOwnPropertyDescriptor: (_, key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(require(name), key);
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
}

function madeBefore(filename) {
  try {
    return readFileSync(filename + CACHE);
  } catch {
    return undefined;
  }
}

/** What V8 has made by now of each file that was loaded, the functions that ran included: for the build to write down. */
function made() {
  return [...loaded].map(([filename, { script }]) => [filename + CACHE, script.createCachedData()]);
}

/**
 * For a process that is soon over, before it loads anything: it has ended before much of what the optimising compiler makes has paid,
 * which gets what runs for long, and little at once; the quick one gets the rest. Garbage is looked for in one go: of few megabytes
 * that takes less than looking beside the work. What was made before holds under the flags alone under which it was made.
 */
function hurry() {
  setFlagsFromString('--interrupt-budget=1500000');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100');
  setFlagsFromString('--sparkplug');
  setFlagsFromString('--no-incremental-marking');
  setFlagsFromString('--no-parallel-scavenge');
}

module.exports = { hurry, load, made };
