import { enableCompileCache } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';

// Where the image has it already, and where this process leaves it otherwise, if it may write there.
enableCompileCache(join(import.meta.dirname, 'compiled'));

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    // Nest's own hooks would ignore a second signal.
    if (isStopping) {
      process.exit(128 + constants.signals[signal]);
    }
    isStopping = true;
    void starting.then((stop) => stop());
  });
}

// Only now: Nest takes a while to load, and without a handler the first process of a container ignores a signal.
const starting = import('./app.start.js').then(({ start }) => start());
