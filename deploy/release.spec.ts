import { contentTag } from './image.ts';
import { waitingOf } from './release.ts';

describe('waitingOf', () => {
  it.each([
    [
      [3, 14],
      ['--wait', '--atomic'],
    ],
    [
      [4, 0],
      ['--wait=legacy', '--rollback-on-failure'],
    ],
  ] as const)('should be for Helm %j', (version, expected) => expect(waitingOf(version)).toEqual(expected));
});

describe('contentTag', () => {
  it("should be the beginning of the image's id", () => {
    expect(contentTag(`sha256:${'0123456789abcdef'.repeat(4)}`)).toBe('up-0123456789ab');
  });
});
