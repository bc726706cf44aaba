import { createRequire } from 'node:module';

interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** The version in `package.json`, wherever the compiled file lies in relation to it. */
export const SERVICE_VERSION = manifest().version;

function manifest(): Manifest {
  const require = createRequire(import.meta.url);
  for (const path of ['../../../package.json', '../../../../package.json']) {
    const found = load(require, path);
    if (found?.name === 'muster-nhi') return found;
  }
  throw new Error('package.json of muster-nhi was not found beside the service.');
}

function load(require: NodeJS.Require, path: string): Manifest | undefined {
  try {
    return require(path) as Manifest;
  } catch {
    return undefined;
  }
}
