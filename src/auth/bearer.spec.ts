import { bearerToken } from './bearer.js';

const reasonOf = (authorization?: string[]) => {
  try {
    return `accepted: ${bearerToken(authorization)}`;
  } catch (error) {
    return (error as { reason?: string }).reason;
  }
};

describe('bearerToken', () => {
  it.each(['abc', 'a.b.c', 'A-z_0.9~+/', 'abc=='])('should take %s', (token) => {
    expect(bearerToken([`Bearer ${token}`])).toBe(token);
  });

  it.each(['bearer abc', 'BEARER abc', 'bEaReR   abc'])('should take %j', (field) => {
    expect(bearerToken([field])).toBe('abc');
  });

  it('should tell no field from a wrong one', () => {
    expect(reasonOf(undefined)).toBe('missing');
    expect(reasonOf([''])).toBe('malformed');
  });

  it.each([
    ['no token', ['Bearer']],
    ['a space for a token', ['Bearer ']],
    ['two tokens', ['Bearer a b']],
    ['a list', ['Bearer a, Bearer b']],
    ['a line break', ['Bearer a\n']],
    ['a tab', ['Bearer\ta']],
    ['text before the scheme', [' Bearer a']],
    ['a sign within the padding', ['Bearer a=b']],
    ['the padding alone', ['Bearer =']],
    ['another scheme', ['Basic abc']],
    ['no field in the list', []],
    ['two fields', ['Bearer a', 'Bearer a']],
  ])('should refuse %s', (_what, authorization) => {
    expect(reasonOf(authorization)).toBe('malformed');
  });
});
