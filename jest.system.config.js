import base from './jest.config.js';

/** What `npm run test:system` runs: it needs Docker, Chromium, Python and a throw-away cluster. @type {import('jest').Config} */
export default {
  ...base,
  roots: ['<rootDir>/test/system'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600_000,
};
