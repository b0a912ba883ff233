import { isAtLeast, parseVersion } from './requirements.ts';

describe('parseVersion', () => {
  it.each([
    ['20.10.24+dfsg1', [20, 10]],
    ['v4.3', [4, 3]],
    ['v3.14.0', [3, 14]],
    ['{\n  "clientVersion": {\n    "gitVersion": "v1.35.4",', [1, 35]],
    ['0.31.0', [0, 31]],
    ['k3d version v5.8.3\nk3s version v1.31.5-k3s1 (default)', [5, 8]],
    ['nothing', [0, 0]],
  ])('should read %j', (output, expected) => expect(parseVersion(output)).toEqual(expected));
});

describe('isAtLeast', () => {
  it.each([
    [[3, 14], [3, 14], true],
    [[3, 13], [3, 14], false],
    [[4, 0], [3, 14], true],
    [[2, 17], [3, 14], false],
  ] as const)('should compare %j with %j', (version, oldest, expected) => {
    expect(isAtLeast(version, oldest)).toBe(expected);
  });
});
