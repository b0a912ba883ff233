import { jwtApi, podinfoApi } from './api.ts';
import { loads } from './loads.ts';
import { now, signToken } from './token.ts';

describe('loads', () => {
  it('should ask with 10,000 different tokens', () => {
    const requests = loads.tokens.exchanges(jwtApi).map(({ request }) => request.toString());
    expect(new Set(requests).size).toBe(10_000);
  });

  it('should ask with four bad tokens that differ, and accept nothing but 401', () => {
    const exchanges = loads.bad.exchanges(jwtApi);
    expect(new Set(exchanges.map(({ request }) => request.toString())).size).toBe(4);
    expect(exchanges.every(({ status }) => status === 401)).toBe(true);
  });

  it('should mix both evenly', () => {
    const requests = loads.mix.exchanges(jwtApi).map(({ request }) => request.toString());
    expect(requests.filter((text) => text.startsWith('POST /auth '))).toHaveLength(requests.length / 2);
  });

  it.each([
    ['the service', jwtApi],
    ['podinfo', podinfoApi],
  ])('should take nothing but a token of %s for the email as right', (_, api) => {
    const [exchange] = loads.auth.exchanges(api);
    const body = (email: string, secret?: string) =>
      JSON.stringify({ token: signToken({ ...api.claims(email, 60) }, secret ? { secret } : {}) });
    expect(exchange?.isRight(body('user-0@example.com'))).toBe(true);
    expect(exchange?.isRight(body('user-1@example.com'))).toBe(false);
    expect(exchange?.isRight(body('user-0@example.com', 'another'))).toBe(false);
  });

  it("should take nothing but the token's own email as right contents", () => {
    const [exchange] = loads.contents.exchanges(jwtApi);
    expect(exchange?.isRight(JSON.stringify({ email: 'user-0@example.com', exp: now() }))).toBe(true);
    expect(exchange?.isRight(JSON.stringify({ email: 'eve@example.com', exp: now() }))).toBe(false);
  });
});
