import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

const scripts = new Map<string, Script>();

/**
 * From now on the bundle's files are loaded with what V8 has compiled of them, where the build has left it. Node.js's own
 * compile cache leaves out what a function compiles when it is first called, which is half of a start, and is for one
 * user and one kind of processor. V8 itself refuses what another version of it has compiled.
 */
export function useCodeCache(): void {
  createRequire(import.meta.url).extensions['.cjs'] = (module, filename) => {
    // They are ASCII.
    const source = Module.wrap(readFileSync(filename, 'latin1'));
    const script = new Script(source, { filename, cachedData: readCache(filename) });
    scripts.set(filename, script);
    const run = script.runInThisContext();
    run.call(
      module.exports,
      module.exports,
      module.require.bind(module),
      module,
      filename,
      dirname(filename),
    );
  };
}

/** Leaves what V8 has compiled so far. */
export function writeCodeCache(): void {
  for (const [filename, script] of scripts) {
    writeFileSync(cacheOf(filename), script.createCachedData());
  }
}

const cacheOf = (filename: string) => `${filename}.cache`;

function readCache(filename: string): Buffer | undefined {
  try {
    return readFileSync(cacheOf(filename));
  } catch {
    return undefined;
  }
}
