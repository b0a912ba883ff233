import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import { ToolFailure } from './tool-failure.ts';
import type { Tools } from './tools.ts';

/** One namespace of one cluster: each call names both, whatever the kubeconfig's current ones are. */
export class Cluster {
  readonly context: Context;
  readonly namespace: string;
  readonly #tools: Tools;

  constructor(tools: Tools, context: Context, namespace: string) {
    this.#tools = tools;
    this.context = context;
    this.namespace = namespace;
  }

  kubectl(...args: string[]): Promise<string> {
    return this.#explained(this.#tools.read('kubectl', [...this.kubectlOptions(), ...args]));
  }

  /** Applies an object, which goes by standard input. */
  apply(object: object, ...args: string[]): Promise<string> {
    const all = [...this.kubectlOptions(), 'apply', '--filename=-', ...args];
    return this.#explained(this.#tools.feed('kubectl', all, JSON.stringify(object)));
  }

  /** Replaces an object, which goes by standard input, if it is still of the version that it names. */
  replace(object: object): Promise<string> {
    const all = [...this.kubectlOptions(), 'replace', '--filename=-'];
    return this.#explained(this.#tools.feed('kubectl', all, JSON.stringify(object)));
  }

  /** Runs kubectl although everything else was told to end. */
  last(args: string[], object: object = {}): Promise<string> {
    const all = [...this.kubectlOptions(), ...args];
    return this.#explained(this.#tools.feedLast('kubectl', all, JSON.stringify(object)));
  }

  /** Ends what runs on the cluster, and lets nothing else begin. */
  end(): void {
    this.#tools.end('SIGTERM');
  }

  helm(...args: string[]): Promise<string> {
    return this.#tools.runLeashed('helm', [...this.helmOptions(), ...args], kubeconfigOnly());
  }

  /** Runs Helm for what it answers, which is never shown. */
  helmAnswer(...args: string[]): Promise<string> {
    return this.#explained(this.#tools.read('helm', [...this.helmOptions(), ...args], kubeconfigOnly()));
  }

  /** The options with which kubectl finds the namespace. */
  kubectlOptions(): string[] {
    return ['--context', this.context.name, '--namespace', this.namespace];
  }

  /** The options with which Helm finds the namespace. */
  helmOptions(): string[] {
    return ['--kube-context', this.context.name, '--namespace', this.namespace];
  }

  async #explained(answer: Promise<string>): Promise<string> {
    return await answer.catch((error: unknown) => {
      const [, said] = (error instanceof ToolFailure && /\(Forbidden\): (.*)/.exec(error.output)) || [];
      throw said === undefined
        ? error
        : new Failure(`no right in the namespace ${this.namespace}: ${said}`, {
            hint: 'Every right that is missing, and what gives it: npm run deploy -- doctor',
          });
    });
  }

  /** @throws {Failure} if the namespace is missing; whoever may not ask will hear of it from the API server */
  async requireNamespace(): Promise<void> {
    const asked = this.kubectl('get', 'namespace', this.namespace, '--ignore-not-found', '--output', 'name');
    if ((await asked.catch(toldRight)) === '') {
      const [cause, hint] = [
        `there is no namespace ${this.namespace}`,
        'Make it, once, as an administrator:',
      ];
      const make = `kubectl --context ${this.context.name} create namespace ${this.namespace}`;
      throw new Failure(cause, { hint: `${hint}\n  ${make}` });
    }
  }

  /** Makes the namespace if it is missing. */
  async ensureNamespace(): Promise<'made' | 'there'> {
    if (await this.kubectl('get', 'namespace', this.namespace, '--ignore-not-found', '--output', 'name')) {
      return 'there';
    }
    await this.kubectl('create', 'namespace', this.namespace);
    return 'made';
  }
}

function toldRight(error: unknown): string {
  if (error instanceof Failure && error.message.startsWith('no right')) {
    return error.message;
  }
  throw error;
}

/** Helm takes a server and a token from such variables too: they would lead it to another cluster than kubectl. */
function kubeconfigOnly(): NodeJS.ProcessEnv {
  const misleading = Object.keys(process.env).filter((name) => name.startsWith('HELM_KUBE'));
  return Object.fromEntries(misleading.map((name) => [name, undefined]));
}
