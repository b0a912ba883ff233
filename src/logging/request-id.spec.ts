import { requestId } from './request-id.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const idFor = (given?: string | string[]) => requestId({ headers: { 'x-request-id': given } } as never);

describe('requestId', () => {
  it.each([
    'x',
    'a'.repeat(128),
    '0b7e1f0c-8a7d-4a44-9a3e-6a1c0d3f5b21',
    'Root=1-67891233-abcdef012345678912345678',
  ])('should keep %s', (given) => expect(idFor(given)).toBe(given));

  it.each([
    undefined,
    '',
    'a'.repeat(129),
    'a b',
    'a\nb',
    'a\n',
    'a\r\nx: y',
    'a\0',
    'a\u2028b',
    '"',
    '\u001b[31m',
    'é',
    ['a'],
  ])('should not keep %j', (given) => expect(idFor(given)).toMatch(UUID));

  it('should make another each time', () => {
    expect(idFor()).not.toBe(idFor());
  });
});
