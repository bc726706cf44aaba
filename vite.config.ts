import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const APP = `${import.meta.dirname}/src/console/app`;
const PACKED = /\.(js|css|svg|webmanifest)$/;
const SMALLEST_PACKED_BYTES = 512;

/** Packs every asset beside itself, so that the service packs nothing. */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          if (!PACKED.test(fileName) || source.length < SMALLEST_PACKED_BYTES) continue;
          const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY - 2 };
          this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: brotliCompressSync(source, { params }) });
          this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) });
        }
      },
    },
  };
}

export default defineConfig({
  root: APP,
  // The service fills it in, anew for each response.
  html: { cspNonce: '__NONCE__' },
  oxc: { jsx: { runtime: 'automatic' } },
  plugins: [packed()],
  build: {
    outDir: `${import.meta.dirname}/dist/console`,
    emptyOutDir: true,
    target: 'es2023',
    // Knows light-dark(), which older targets have rewritten into what does not follow our choice of colours.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        hashCharacters: 'base36',
        // What every page needs, in few files; the rest goes with the pages that use it.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            {
              name: 'tanstack',
              test: /node_modules[\\/](@tanstack[\\/](history|query-core|react-(query|router)|router-core))[\\/]/,
            },
            { name: 'icons', test: /node_modules[\\/]@tabler[\\/]/ },
          ],
        },
      },
      // Reads of the thousands of icons only those that are used.
      experimental: { lazyBarrel: true },
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
});
