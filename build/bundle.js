import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { build } from 'rolldown';
import { licences } from './licences.js';

const rxjs = dirname(createRequire(import.meta.url).resolve('rxjs/package.json'));

// The service and what it needs of its packages, in a few files: a start reads five instead of two thousand. They are not
// minified, so that the stack of an error in the log has names.
await build({
  input: { main: 'src/main.ts', 'users/main': 'src/users/main.ts' },
  platform: 'node',
  tsconfig: 'tsconfig.json',
  // Nest looks into uploads with it, and this service takes none.
  external: ['file-type'],
  // CommonJS: to an `import` of `node:http`, Node.js loads all of what that module can give, its WebSocket client too.
  output: {
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    // V8 keeps a text with anything else in it as two bytes a character.
    charset: 'ascii',
    comments: false,
    // A script that comes with compiled code cannot import.
    dynamicImportInCjs: false,
    // Nest and the log tell classes by their names.
    keepNames: true,
  },
  // Its build for bundlers, of which the parts that nobody uses can be left out.
  resolve: {
    alias: {
      'rxjs/operators': `${rxjs}/dist/esm/operators/index.js`,
      rxjs: `${rxjs}/dist/esm/index.js`,
    },
  },
  treeshake: { moduleSideEffects: [{ test: /node_modules\/@nestjs\//, sideEffects: false }] },
  transform: { inject: { 'Intl.DateTimeFormat': resolve('build/lazy-date-time-format.js') } },
  // Nest looks for packages that it can do without, and terminus for some of them by `import.meta.resolve`.
  checks: { emptyImportMeta: false, unresolvedImport: false },
  plugins: [licences()],
});
