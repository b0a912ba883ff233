/** What `npm test` runs: it needs nothing but Node.js. @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/bench', '<rootDir>/deploy', '<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/system/'],
  // CodeBuild shows what a test report says.
  reporters: ['default', ...(process.env.JEST_JUNIT_OUTPUT_FILE ? ['jest-junit'] : [])],
  testEnvironment: '<rootDir>/test/environment.js',
  setupFiles: ['<rootDir>/test/colours.ts'],
  // A limit for what hangs, not a measure: a busy machine may take long to build and start.
  testTimeout: 120_000,
  // Most of the time is waiting for processes: Jest's own choice leaves one of two cores to rest.
  maxWorkers: '100%',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    // The sources import each other as the compiled files they become.
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // One file instead of two hundred, in each of the specs that load Nest.
    '^rxjs(/operators)?$': '<rootDir>/node_modules/rxjs/dist/bundles/rxjs.umd.js',
  },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};
