import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import { loaderOf } from './load.ts';

const context = (name: string, provider?: Context['provider']) => ({
  name,
  provider,
  server: '',
  isLocal: true,
});

describe('loaderOf', () => {
  it.each([
    ['kind-dev', 'kind', ['load', 'docker-image', 'a:1', '--name', 'dev']],
    ['own', 'minikube', ['image', 'load', 'a:1', '--profile', 'own']],
    ['k3d-dev', 'k3d', ['image', 'import', 'a:1', '--cluster', 'dev']],
  ] as const)('should load into %s by %s', (name, provider, expected) => {
    const loader = loaderOf(context(name, provider));
    expect(loader?.tool).toBe(provider);
    expect(loader?.arguments(name, 'a:1')).toEqual(expected);
  });

  it("should load nothing where the nodes share Docker's engine", () => {
    expect(loaderOf(context('docker-desktop', 'shared'))).toBeUndefined();
  });

  it('should ask for a registry anywhere else', () => {
    expect(() => loaderOf(context('prod'))).toThrow(Failure);
  });
});
