import jsonwebtoken from 'jsonwebtoken';
import { now, SECRET, signToken, verifyToken } from './token.ts';

const claims = { email: 'ada@example.com', exp: now() + 60 };

describe('signToken', () => {
  it('should sign what a library accepts', () => {
    expect(jsonwebtoken.verify(signToken(claims), SECRET)).toEqual(claims);
  });
});

describe('verifyToken', () => {
  it("should read a library's token", () => {
    const token = jsonwebtoken.sign(claims, SECRET, { noTimestamp: true });
    expect(verifyToken(token)).toEqual(claims);
  });

  it.each([
    ['of another secret', signToken(claims, { secret: 'another' })],
    ['that has ended', signToken({ ...claims, exp: now() - 1 })],
    ['without a signature', signToken(claims, { alg: 'none' })],
    ['that is none', 'no-token'],
  ])('should not accept a token %s', (_, token) => {
    expect(verifyToken(token)).toBeUndefined();
  });
});
