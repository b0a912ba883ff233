import { constants } from 'node:os';
import { useCodeCache, writeCodeCache } from './code-cache.js';

useCodeCache();
if (process.argv.includes('--write-code-cache')) {
  process.on('exit', writeCodeCache);
}

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
