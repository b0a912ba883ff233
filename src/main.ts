import { constants } from 'node:os';

// Nest takes half a second to load. Until a handler is there, the first process of a container ignores a signal.
const starting = import('./app.start.js').then(({ start }) => start());

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
