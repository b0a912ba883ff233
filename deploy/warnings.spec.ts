import { type Event, Warnings } from './warnings.ts';

function event(uid: string, change: Partial<Event> = {}): Event {
  const involvedObject = { kind: 'Pod', name: uid };
  return {
    kind: 'Event',
    metadata: { uid },
    type: 'Warning',
    reason: 'Failed',
    message: 'no',
    count: 1,
    involvedObject,
    ...change,
  };
}

describe(Warnings.name, () => {
  it('should take what the first look saw for old, until it happens again', () => {
    const warnings = new Warnings();
    warnings.look([event('a')]);
    warnings.look([event('a'), event('b')]);
    expect(warnings.lines).toEqual(['Failed, Pod b: no']);
    warnings.look([event('a', { count: 2 }), event('b')]);
    expect(warnings.lines).toEqual(['Failed, Pod b: no', 'Failed, Pod a: no']);
  });

  it('should leave out what is no warning, and what is said again about the same object', () => {
    const warnings = new Warnings();
    warnings.look([]);
    warnings.look([
      event('a', { type: 'Normal' }),
      event('b'),
      event('b', { metadata: { uid: 'c' }, message: 'no, again' }),
    ]);
    expect(warnings.lines).toEqual(['Failed, Pod b: no']);
  });
});
