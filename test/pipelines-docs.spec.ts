import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type Doc, readTemplate } from './cloudformation.js';

const docs = readFileSync('docs/aws.md', 'utf8');
const all = (pattern: RegExp) => [...docs.matchAll(pattern)].map(([, match = '']) => match);

const templates = Object.fromEntries(
  ['shared', 'pipeline', 'github-oidc'].map((name) => [`cloudformation/${name}.yml`, readTemplate(name)]),
);
const namesIn = (section: 'Outputs' | 'Parameters') =>
  Object.values<Doc>(templates).flatMap((template) => Object.keys(template[section]));

describe('docs/aws.md', () => {
  it('should give each stack parameters that it has, and all that it needs', () => {
    const commands = docs.match(/aws cloudformation deploy (.*\\\n)*.*/g) ?? [];
    expect(commands).toHaveLength(4);
    for (const command of commands) {
      const [, path = ''] = /--template-file (\S+)/.exec(command) ?? [];
      const given = [...command.matchAll(/ (\w+)=/g)].map(([, name]) => name);
      const { Parameters, Resources } = templates[path];
      const needed = Object.keys(Parameters).filter((name) => !('Default' in Parameters[name]));
      expect(Object.keys(Parameters)).toEqual(expect.arrayContaining(given));
      expect(given).toEqual(expect.arrayContaining(needed));
      const makesRoles = Object.values<Doc>(Resources).some(({ Type }) => Type === 'AWS::IAM::Role');
      expect(command.includes('--capabilities CAPABILITY_IAM')).toBe(makesRoles);
    }
  });

  it('should name parameters and outputs that there are', () => {
    expect(namesIn('Outputs')).toEqual(expect.arrayContaining(all(/OutputKey=='(\w+)'/g)));
    expect(namesIn('Outputs')).toEqual(expect.arrayContaining(all(/outputs? `(\w+)`/g)));
    expect(namesIn('Parameters')).toEqual(
      expect.arrayContaining(all(/[` ]([A-Z][A-Za-z]+)=/g).filter(isParameter)),
    );
  });
  const isParameter = (name: string) => /[a-z]/.test(name);

  it('should name files that there are', () => {
    const files = [...all(/\b((?:iam|kubernetes|cloudformation)\/[\w.-]+)/g), ...all(/\]\(\.\.\/([^)#]+)/g)];
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
    expect(readdirSync('iam').filter((file) => !docs.includes(file))).toEqual([]);
    expect(readdirSync('kubernetes').filter((file) => !docs.includes(file))).toEqual([]);
  });

  it('should fill every placeholder of the documents', () => {
    const placeholders = readdirSync('iam').flatMap((file) =>
      readFileSync(`iam/${file}`, 'utf8').match(/\{[A-Z_]+\}/g),
    );
    for (const placeholder of new Set(placeholders)) {
      expect(docs).toContain(String(placeholder));
    }
  });

  it('should print the variables that the stack prints, and that the workflow reads', () => {
    const { Outputs } = templates['cloudformation/github-oidc.yml'];
    const [text, { SecretKind }] = Outputs.Next.Value['Fn::Sub'];
    const names = (source: string) => [...source.matchAll(/gh variable set (\w+)/g)].map(([, name]) => name);
    expect(names(docs)).toEqual([...names(text), 'SECRET_PARAMETER']);
    const workflow = readFileSync('.github/workflows/deploy.yml', 'utf8');
    const read = [...new Set([...workflow.matchAll(/vars\.(\w+)/g)].map(([, name]) => name))].sort();
    expect(read).toEqual([...names(text), ...SecretKind['Fn::If'].slice(1)].sort());
  });

  it('should link to headings that there are', () => {
    const headings = all(/^#{2,} (.*)/gm).map((heading) => heading.toLowerCase().replace(/[^\w -]/g, ''));
    const anchors = headings.map((heading) => heading.replaceAll(' ', '-'));
    expect(anchors).toEqual(expect.arrayContaining(all(/\]\(#([^)]+)\)/g)));
  });
});
