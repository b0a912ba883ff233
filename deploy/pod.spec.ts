import { type Pod, stateOf, troubleOf } from './pod.ts';

type Container = NonNullable<Pod['status']['containerStatuses']>[number];

function pod(container: Partial<Container>, metadata: Partial<Pod['metadata']> = {}): Pod {
  const status = { name: 'jwt-api', image: 'jwt-api:1', ready: false, restartCount: 0, ...container };
  return {
    kind: 'Pod',
    metadata: { name: 'p', ...metadata },
    status: { phase: 'Pending', containerStatuses: [status] },
  };
}

const unscheduled: Pod = {
  kind: 'Pod',
  metadata: { name: 'p' },
  status: {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes' }],
  },
};

const exited = { terminated: { exitCode: 1, reason: 'Error' } };

describe('stateOf', () => {
  it.each<[string, Pod]>([
    ['ends', pod({ ready: true }, { deletionTimestamp: 'now' })],
    ['ImagePullBackOff', pod({ state: { waiting: { reason: 'ImagePullBackOff' } } })],
    ['Error', pod({ state: exited })],
    ['ready', pod({ ready: true, state: { running: {} } })],
    ['runs, not ready yet', pod({ state: { running: {} } })],
    ['Pending', unscheduled],
  ])('should be %j', (expected, given) => expect(stateOf(given)).toBe(expected));
});

describe('troubleOf', () => {
  it.each<[string, Pod, object]>([
    ['no node', unscheduled, { cause: 'no node takes the pod: 0/2 nodes' }],
    [
      'an image that cannot be pulled',
      pod({ state: { waiting: { reason: 'ErrImagePull' } } }),
      {
        cause: expect.stringMatching(
          /cannot pull the image jwt-api:1 \(ErrImagePull\): image\.repository has/,
        ),
      },
    ],
    [
      'a process that has just ended',
      pod({ state: exited }),
      {
        cause: 'the container jwt-api ends with exit code 1 (Error)',
        log: { container: 'jwt-api', previous: false },
      },
    ],
    [
      'a process that ends again and again',
      pod({ restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: exited }),
      {
        cause: 'the container jwt-api ends with exit code 1 (Error)',
        log: { container: 'jwt-api', previous: true },
      },
    ],
    [
      'a container that cannot be made',
      pod({ state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "a" not found' } } }),
      { cause: 'the container jwt-api cannot start: secret "a" not found' },
    ],
    [
      'a process that is not ready',
      pod({ state: { running: {} } }),
      {
        cause: 'the container jwt-api runs but does not get ready',
        log: { container: 'jwt-api', previous: false },
      },
    ],
  ])('should tell %s', (_, given, expected) => expect(troubleOf(given)).toEqual(expected));

  it.each<[string, Pod]>([
    ['a pod that is ready', pod({ ready: true, state: { running: {} } })],
    ['a pod that starts', pod({ state: { waiting: { reason: 'ContainerCreating' } } })],
    ['a pod that ends', pod({ state: exited }, { deletionTimestamp: 'now' })],
    ['a test that is done', pod({ state: { terminated: { exitCode: 0, reason: 'Completed' } } })],
    ['a pod without a status', { kind: 'Pod', metadata: { name: 'p' }, status: {} }],
  ])('should see none in %s', (_, given) => expect(troubleOf(given)).toBeUndefined());
});
