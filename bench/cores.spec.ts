import { coresOf } from './cores.ts';

describe('coresOf', () => {
  it.each([
    ['0-1', [0, 1]],
    ['3', [3]],
    ['0,2-4,7', [0, 2, 3, 4, 7]],
  ])('should read %s', (list, expected) => {
    expect(coresOf(`Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${list}\n`)).toEqual(expected);
  });
});
