import { describeOptions } from './arguments.ts';
import { UsageError } from './failure.ts';
import { notBoth, options, readOptions, variable } from './options.ts';

const defaults = {
  namespace: 'jwt-api',
  timeout: '5m',
  wait: '5m',
  diff: false,
  force: false,
  yes: false,
  json: false,
  verbose: false,
};

function faultsOf(args: string[], env: NodeJS.ProcessEnv = {}): string[] {
  try {
    readOptions(options, args, env);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message.split('\n');
  }
  return [];
}

describe('readOptions', () => {
  it.each<[string, string[], NodeJS.ProcessEnv, object]>([
    ['defaults', [], {}, {}],
    ['flags', ['--namespace', 'a', '--yes'], {}, { namespace: 'a', yes: true }],
    ['flags with =', ['--context=kind-a', '--verbose=false'], {}, { context: 'kind-a' }],
    ['variables', [], { DEPLOY_CONTEXT: 'a', DEPLOY_YES: '1' }, { context: 'a', yes: true }],
    ['a flag over its variable', ['--context', 'a'], { DEPLOY_CONTEXT: 'b' }, { context: 'a' }],
    ['an empty variable as none', [], { DEPLOY_NAMESPACE: '' }, {}],
    ['other variables as none of its own', [], { DEPLOY_OTHER: 'x', CONTEXT: 'x' }, {}],
    [
      'a registry with a port',
      ['--registry', 'localhost:5000/a/b_c'],
      {},
      { registry: 'localhost:5000/a/b_c' },
    ],
    [
      'files of values',
      ['--values', 'package.json,tsconfig.json'],
      {},
      { values: 'package.json,tsconfig.json' },
    ],
  ])('should read %s', (_, args, env, expected) => {
    expect(readOptions(options, args, env)).toEqual({ ...defaults, ...expected });
  });

  it.each<[string, string[], NodeJS.ProcessEnv, string]>([
    ['an unknown flag', ['--nope=1'], {}, 'unknown option --nope'],
    ['an unknown short flag', ['-n'], {}, 'unknown option -n'],
    ['an argument', ['extra'], {}, 'takes nothing but options: there is an argument too many'],
    [
      'a file in no folder',
      ['--digest-file', 'nowhere/a'],
      {},
      '--digest-file (DEPLOY_DIGEST_FILE) is in a folder that is not there',
    ],
    ['a flag without its value', ['--context'], {}, '--context (DEPLOY_CONTEXT) needs a value'],
    ['a flag before the next one', ['--context', '--yes'], {}, '--context (DEPLOY_CONTEXT) needs a value'],
    ['a toggle with a value', ['--yes=x'], {}, '--yes (DEPLOY_YES) takes no value, or true or false'],
    [
      'a scheme',
      ['--registry=https://a/b'],
      {},
      '--registry (DEPLOY_REGISTRY) must be HOST/REPOSITORY, without',
    ],
    ['a tag', ['--registry=a/b:1'], {}, '--registry (DEPLOY_REGISTRY) must be HOST/REPOSITORY, without'],
    [
      'a registry alone',
      ['--registry=a'],
      {},
      '--registry (DEPLOY_REGISTRY) must be HOST/REPOSITORY, without',
    ],
    ['no duration', ['--timeout=5'], {}, '--timeout (DEPLOY_TIMEOUT) must be a whole number and s, m or h'],
    ['no file', [], { DEPLOY_VALUES: 'x.yaml' }, '--values (DEPLOY_VALUES) names a file that is not there'],
  ])('should refuse %s', (_, args, env, expected) => {
    expect(faultsOf(args, env)).toEqual([expect.stringContaining(expected)]);
  });

  it('should tell every fault at once, and no value', () => {
    const faults = faultsOf(['--namespace', 'Secret_1', '--timeout', 'secret2', '--nope', 'secret3']);
    expect(faults).toHaveLength(4);
    expect(faults.join()).not.toMatch(/secret/i);
  });
});

describe('notBoth', () => {
  const schema = notBoth(options.pick({ context: true, cluster: true, timeout: true }), 'context', 'cluster');

  it('should take either', () => {
    expect(readOptions(schema, ['--context', 'a'], {})).toEqual({ context: 'a', timeout: '5m' });
    expect(readOptions(schema, [], { DEPLOY_CLUSTER: 'a' })).toEqual({ cluster: 'a', timeout: '5m' });
  });

  it('should refuse both, beside every other fault', () => {
    const both = () =>
      readOptions(schema, ['--context', 'a', '--cluster', 'b', '--timeout', 'c', '--nope'], {});
    expect(both).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^(?=.*--context \(DEPLOY_CONTEXT\) cannot be set beside --cluster)(?=.*--timeout)(?=.*--nope)/s,
        ),
      }),
    );
  });
});

describe('describeOptions', () => {
  it('should know what follows a flag, what it means and its default', () => {
    const described = Object.fromEntries(describeOptions(options));
    expect(Object.keys(described)).toEqual(Object.keys(options.shape));
    expect(described.timeout).toMatchObject({ value: 'DURATION', fallback: '5m' });
    const required = Object.fromEntries(describeOptions(options.required({ registry: true })));
    expect(required.registry).toMatchObject({ value: 'HOST/REPOSITORY' });
    expect(described.yes).toEqual({ description: expect.any(String), fallback: undefined });
  });
});

describe('variable', () => {
  it('should be the flag in capitals', () => expect(variable('dry-run')).toBe('DEPLOY_DRY_RUN'));
});
