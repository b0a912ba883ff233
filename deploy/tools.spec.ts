import { Interrupted } from './failure.ts';
import { ToolFailure } from './tool-failure.ts';
import { Tools } from './tools.ts';

const NODE = process.execPath;
const script = (code: string) => ['--eval', code];

describe('Tools', () => {
  let tools: Tools;
  beforeEach(() => {
    tools = new Tools();
  });

  it('should give a tool its standard input, and what the environment has but the secret', async () => {
    process.env.JWT_SECRET = 'secret';
    tools.env.PLACE = 'there';
    const code = 'process.stdin.pipe(process.stdout); console.log(process.env.JWT_SECRET, process.env.PLACE)';
    expect(await tools.feed(NODE, script(code), 'told')).toBe('undefined there\ntold');
    delete process.env.JWT_SECRET;
  });

  it('should let what is concealed into no failure', async () => {
    tools.conceal('a secret');
    const said = `invalid: a secret ${Buffer.from('a secret').toString('base64')}`;
    const failure = await tools
      .read(NODE, script(`console.error('${said}'); process.exit(3)`))
      .catch((error) => error);
    expect(failure).toBeInstanceOf(ToolFailure);
    expect(failure).toMatchObject({ output: 'invalid: … …\n' });
  });

  it('should bear a tool that does not read what it is told', async () => {
    expect(await tools.feed(NODE, script('process.stdin.destroy()'), 'x'.repeat(1_000_000))).toBe('');
  });

  it('should give a tool a standard input that it can open as a file, and fail as it does', async () => {
    const code = 'console.log(require("node:fs").readFileSync("/dev/stdin", "utf8"), process.argv[1])';
    const input = "'told'\n$(no) ";
    expect(await tools.feedFile(NODE, [...script(code), '$(no) "$@"'], input)).toBe(`${input} $(no) "$@"\n`);
    const failed = tools.feedFile(NODE, script("console.error('broken'); process.exit(3)"), input);
    await expect(failed).rejects.toMatchObject({ output: 'broken\n' });
  });

  it('should let nothing begin once it ended, but what comes last', async () => {
    expect(tools.end('SIGTERM')).toBe(false);
    await expect(tools.read(NODE, script(''))).rejects.toBeInstanceOf(Interrupted);
    expect(await tools.feedLast(NODE, script('console.log(1)'), '')).toBe('1\n');
  });

  it('should be waited for while it closes', async () => {
    await tools.closing(async () => expect(tools.end('SIGTERM')).toBe(true));
    expect(tools.end('SIGTERM')).toBe(false);
  });

  it.each(['run', 'runLeashed'] as const)('should pass a signal on (%s)', async (way) => {
    const code =
      "process.on('SIGTERM', () => process.exit()); setInterval(() => 0, 1_000); console.error('up')";
    const running = tools[way](NODE, script(code));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(tools.end('SIGTERM')).toBe(true);
    await expect(running).rejects.toBeInstanceOf(Interrupted);
  });

  it('should answer what a leashed tool answers, and fail as it does', async () => {
    expect(await tools.runLeashed(NODE, script('console.log(1)'))).toBe('1\n');
    const failed = tools.runLeashed(NODE, script("console.error('broken'); process.exit(3)"));
    await expect(failed).rejects.toMatchObject({ output: 'broken\n' });
  });
});
