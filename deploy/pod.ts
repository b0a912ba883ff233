/** What `kubectl get pods --output json` tells of a pod, as far as it is needed. */
export interface Pod {
  kind: 'Pod';
  metadata: { name: string; labels?: Record<string, string>; deletionTimestamp?: string };
  status: {
    phase?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: ContainerStatus[];
  };
}

interface ContainerStatus {
  name: string;
  image: string;
  ready: boolean;
  restartCount: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: object;
  terminated?: { exitCode: number; reason?: string };
}

/** What keeps a pod from being ready. */
export interface Trouble {
  cause: string;
  /** The container whose log may tell more, and whether it is the log of its last run but one. */
  log?: { container: string; previous: boolean };
}

const PULL_FAILED = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName'];
const STARTING = ['ContainerCreating', 'PodInitializing'];

/** A pod's state in a word or two. */
export function stateOf({ metadata, status }: Pod): string {
  const container = status.containerStatuses?.[0];
  if (metadata.deletionTimestamp) {
    return 'ends';
  }
  return (
    container?.state?.waiting?.reason ??
    container?.state?.terminated?.reason ??
    (container?.state?.running && (container.ready ? 'ready' : 'runs, not ready yet')) ??
    status.phase ??
    'unknown'
  );
}

/** What keeps a pod from being ready, if anything but its youth or its end does. */
export function troubleOf({ metadata, status }: Pod): Trouble | undefined {
  if (metadata.deletionTimestamp) {
    return undefined;
  }
  const unscheduled = status.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (unscheduled) {
    return { cause: `no node takes the pod: ${unscheduled.message ?? unscheduled.reason}` };
  }
  const container = status.containerStatuses?.find(({ ready }) => !ready);
  return container && containerTrouble(container);
}

function containerTrouble(container: ContainerStatus): Trouble | undefined {
  const { name, image, restartCount, state, lastState } = container;
  const { reason, message } = state?.waiting ?? {};
  const ended = state?.terminated ?? lastState?.terminated;
  if (reason && PULL_FAILED.includes(reason)) {
    const wanted = 'image.repository has to name a registry that has it and that they may pull from';
    return { cause: `the nodes cannot pull the image ${image} (${reason}): ${wanted}` };
  }
  if (ended && ended.exitCode !== 0) {
    const cause = `the container ${name} ends with exit code ${ended.exitCode} (${ended.reason ?? 'Error'})`;
    return { cause, log: { container: name, previous: restartCount > 0 && !state?.terminated } };
  }
  if (reason && !STARTING.includes(reason)) {
    return { cause: `the container ${name} cannot start: ${message ?? reason}` };
  }
  return (
    state?.running && {
      cause: `the container ${name} runs but does not get ready`,
      log: { container: name, previous: false },
    }
  );
}
