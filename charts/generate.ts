import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, type Pair, parse, parseDocument, type Scalar, type YAMLMap } from 'yaml';

// `npm run chart:docs`. From values.yaml come values.schema.json and the table in the chart's README; from package.json
// the version, and from icon.svg the icon, in Chart.yaml. A test compares what stands on disk with what this makes.

type Schema = Record<string, unknown>;
type Property = Pair<Scalar<string>, Scalar | YAMLMap<Scalar<string>>> & { value: object };

const chart = join(import.meta.dirname, 'jwt-api');
const read = (file: string) => readFileSync(join(chart, file), 'utf8');

/** The generated files by name, as they should be. */
export function generated(): Record<string, string> {
  const source = read('values.yaml');
  const values = parseDocument(source).contents as YAMLMap<Scalar<string>>;
  return {
    'Chart.yaml': chartYaml(),
    'README.md': readme(rows(source, values, [])),
    'values.schema.json': `${JSON.stringify(rootSchema(source, values), null, 2)}\n`,
  };
}

function rootSchema(source: string, values: YAMLMap<Scalar<string>>): Schema {
  const schema = objectSchema(source, values);
  // Helm gives every subchart its parent's `global`.
  const properties = { ...(schema.properties as Schema), global: { type: 'object' } };
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...schema, properties };
}

function objectSchema(source: string, map: YAMLMap<Scalar<string>>): Schema {
  const properties = pairs(map).map((pair) => [pair.key.value, propertySchema(source, pair)] as const);
  return {
    type: 'object',
    additionalProperties: false,
    required: properties.map(([name]) => name),
    properties: Object.fromEntries(properties),
  };
}

function propertySchema(source: string, pair: Property): Schema {
  const { description, rules } = comment(source, pair);
  const inferred = isClosed(source, pair) ? objectSchema(source, pair.value) : { type: typeOf(pair) };
  return { ...(description && { description }), ...inferred, ...rules };
}

/** One row a value; an object that holds Kubernetes' own fields is one value. */
function rows(source: string, map: YAMLMap<Scalar<string>>, path: string[]): string[] {
  return pairs(map).flatMap((pair) => {
    const here = [...path, pair.key.value];
    if (isClosed(source, pair)) {
      return rows(source, pair.value, here);
    }
    const name = here.join('.');
    const { description } = comment(source, pair);
    if (description === '') {
      throw new Error(`${name} in values.yaml has no description`);
    }
    return `| \`${name}\` | \`${JSON.stringify(pair.value.toJSON())}\` | ${description.replaceAll('|', '\\|')} |`;
  });
}

/** The chart knows every field of such an object, and refuses others. */
function isClosed(source: string, pair: Property): pair is Property & { value: YAMLMap<Scalar<string>> } {
  return (
    isMap(pair.value) &&
    pair.value.items.length > 0 &&
    !('additionalProperties' in comment(source, pair).rules)
  );
}

function typeOf(pair: Property): string {
  const value: unknown = pair.value.toJSON();
  return Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
}

/** The comment right above a key: `# -- description`, then `# @schema` and YAML. */
function comment(source: string, pair: Property): { description: string; rules: Schema } {
  const above = source.slice(0, pair.key.range?.[0]).split('\n').slice(0, -1);
  const start = above.findLastIndex((line) => !/^\s*#/.test(line)) + 1;
  const text = above.slice(start).map((line) => line.replace(/^\s*# ?/, ''));
  const [described = '', rules = ''] = text.join('\n').split(/^@schema/m);
  const [, description = ''] = /^-- ((?:.+\n?)+)/m.exec(described) ?? [];
  return { description: description.trim().replaceAll('\n', ' '), rules: parse(rules) ?? {} };
}

const pairs = (map: YAMLMap<Scalar<string>>) => map.items as Property[];

function chartYaml(): string {
  const { version } = JSON.parse(read('../../package.json')) as { version: string };
  const icon = `data:image/svg+xml;base64,${Buffer.from(read('icon.svg').trim()).toString('base64')}`;
  return Object.entries({ version, appVersion: version, icon }).reduce(
    (yaml, [key, value]) => yaml.replace(new RegExp(`^${key}: .*$`, 'm'), `${key}: ${value}`),
    read('Chart.yaml'),
  );
}

function readme(table: string[]): string {
  const lines = ['<!-- values -->', '| value | default | |', '|---|---|---|', ...table, '<!-- /values -->'];
  return read('README.md').replace(/<!-- values -->.*<!-- \/values -->/s, () => lines.join('\n'));
}

if (import.meta.main) {
  for (const [file, content] of Object.entries(generated())) {
    writeFileSync(join(chart, file), content);
  }
}
