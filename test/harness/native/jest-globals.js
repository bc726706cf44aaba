/** What `@jest/globals` gives, for tests that Node itself loads: of whichever file is run, the words that `runtime.cjs` has set. */
function word(name) {
  return new Proxy(() => undefined, {
    apply: (_, self, args) => globalThis[name](...args),
    get: (_, key) => globalThis[name][key],
  });
}

export const afterAll = word('afterAll');
export const afterEach = word('afterEach');
export const beforeAll = word('beforeAll');
export const beforeEach = word('beforeEach');
export const describe = word('describe');
export const expect = word('expect');
export const it = word('it');
export const jest = word('jest');
export const test = word('test');
