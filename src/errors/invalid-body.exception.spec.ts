import { InvalidBodyException } from './invalid-body.exception.js';

const pointerTo = (...path: PropertyKey[]) =>
  InvalidBodyException.fromIssues([{ message: 'is wrong', path }]).errors[0]?.pointer;

describe('InvalidBodyException', () => {
  it.each([
    ['#', []],
    ['#/', ['']],
    ['#/email', ['email']],
    ['#/list/0', ['list', 0]],
    ['#/a~1b', ['a/b']],
    ['#/~01', ['~1']],
    ['#/a%20%23%25', ['a #%']],
    ['#/%C3%A9', ['é']],
    ['#/%EF%BF%BD', ['\udc00']],
    ['#/__proto__/x', ['__proto__', 'x']],
  ])('should point as %s says', (pointer, path) => {
    expect(pointerTo(...path)).toBe(pointer);
  });

  it('should know a step that is an object, as Standard Schema has them', () => {
    const { errors } = InvalidBodyException.fromIssues([{ message: 'is wrong', path: [{ key: 'a' }, 'b'] }]);
    expect(errors).toEqual([{ pointer: '#/a/b', detail: 'is wrong' }]);
  });

  it('should have one error for each field, the first that was found', () => {
    const { errors } = InvalidBodyException.fromIssues([
      { message: 'is no email', path: ['email'] },
      { message: 'is too long', path: ['email'] },
      { message: 'is empty', path: ['password'] },
    ]);
    expect(errors).toEqual([
      { pointer: '#/email', detail: 'is no email' },
      { pointer: '#/password', detail: 'is empty' },
    ]);
  });

  it('should have one error for each unknown field, with none of its text but the name', () => {
    const { errors } = InvalidBodyException.fromIssues([
      { message: 'Unrecognized', path: ['a'], keys: ['b', 'c'] },
    ]);
    expect(errors).toEqual([
      { pointer: '#/a/b', detail: 'is not a known field' },
      { pointer: '#/a/c', detail: 'is not a known field' },
    ]);
  });

  it('should take an issue without a path for one of the whole body', () => {
    expect(InvalidBodyException.fromIssues([{ message: 'is wrong' }]).errors).toEqual([
      { pointer: '#', detail: 'is wrong' },
    ]);
  });
});
