/** A command of a page, and what the page says that it prints. */
export interface Command {
  /** Which one it is on the page, from 0. */
  number: number;
  text: string;
  /** Nothing of a script, of which the page shows no output. */
  output?: string;
}

/** A fenced block of a page: one script, or commands that each begin with `$ `. */
export interface Block {
  /** The headings that it stands under: `Set up`, `5a CodePipeline`. */
  headings: string[];
  text: string;
  commands: Command[];
}

const HEADING = /^(#{2,6}) (.+)$/;
const FENCE = /^```(console|sh)?/;

/** The commands of a Markdown page, in its order. */
export function readGuide(markdown: string): Block[] {
  const blocks: Block[] = [];
  let headings: string[] = [];
  let fence: { language?: string; lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    const [, marks = '', title = ''] = (!fence && HEADING.exec(line)) || [];
    const [isFence, language] = FENCE.exec(line) ?? [];
    if (title) {
      headings = [...headings.slice(0, marks.length - 2), title];
    } else if (isFence && fence) {
      blocks.push(...blocksOf(fence, headings));
      fence = undefined;
    } else if (isFence) {
      fence = { language, lines: [] };
    } else {
      fence?.lines.push(line);
    }
  }
  for (const [number, command] of blocks.flatMap(({ commands }) => commands).entries()) {
    command.number = number;
  }
  return blocks;
}

const UNKNOWN = -1;

function blocksOf(fence: { language?: string; lines: string[] }, headings: string[]): Block[] {
  const text = fence.lines.join('\n');
  if (fence.language === 'sh') {
    return [{ headings, text, commands: [{ number: UNKNOWN, text }] }];
  }
  if (fence.language !== 'console') {
    return [];
  }
  const commands = commandsOf(fence.lines);
  const printed = commands.flatMap(({ output = '' }) => output.match(/^gh .*$/gm) ?? []).join('\n');
  // What is printed to be pasted is a script of its own.
  const pasted = printed ? [{ headings, text: printed, commands: [{ number: UNKNOWN, text: printed }] }] : [];
  return [{ headings, text, commands }, ...pasted];
}

/** A command goes on after a backslash or a pipe, and where a line is indented right after one that went on. */
function commandsOf(lines: string[]): Command[] {
  const commands: (Command & { output: string })[] = [];
  let goesOn = false;
  for (const line of lines) {
    const last = commands.at(-1);
    if (line.startsWith('$ ')) {
      commands.push({ number: UNKNOWN, text: line.slice(2), output: '' });
    } else if (!last) {
      throw new Error(`a block begins with what is no command: ${line}`);
    } else if (goesOn) {
      last.text += `\n${line}`;
    } else {
      last.output += `${line}\n`;
    }
    goesOn = (goesOn || line.startsWith('$ ')) && /(\\|\|)$/.test(line);
  }
  return commands;
}
