import { readFileSync } from 'node:fs';
import { parse, type ScalarTag } from 'yaml';

/** A parsed piece of a document. */
// biome-ignore lint/suspicious/noExplicitAny: documents of many shapes, which the tests walk through
export type Doc = any;

/** A template with its short forms (`!Ref`) made long (`{Ref: …}`). */
export function readTemplate(name: string): Doc {
  return parse(readFileSync(`cloudformation/${name}.yml`, 'utf8'), { customTags: shortForms() });
}

function shortForms(): ScalarTag[] {
  const names = ['And', 'Equals', 'GetAtt', 'If', 'Join', 'Not', 'Or', 'Ref', 'Select', 'Split', 'Sub'];
  return names.flatMap((name) => {
    const long = name === 'Ref' ? 'Ref' : `Fn::${name}`;
    const tag = `!${name}`;
    const scalar = (value: string) => ({ [long]: name === 'GetAtt' ? value.split('.') : value });
    const list = (items: Doc) => ({ [long]: items.toJSON() });
    return [{ tag, resolve: scalar }, { tag, collection: 'seq', resolve: list } as unknown as ScalarTag];
  });
}

/** The parameters of a stack that does not exist; ids of resources are their logical names in angle brackets. */
const PSEUDO: Doc = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::StackId': 'arn:aws:cloudformation:eu-central-1:123456789012:stack/jwt-api/0a1b2c3d-0000',
  'AWS::StackName': 'jwt-api',
  'AWS::URLSuffix': 'amazonaws.com',
};
const NOTHING = Symbol('AWS::NoValue');

/** What CloudFormation would make of a template: the resources and outputs that exist, with every function worked out. */
export function resolve(
  template: Doc,
  parameters: Record<string, string> = {},
): { Resources: Doc; Outputs: Doc } {
  const defaults = Object.entries<Doc>(template.Parameters ?? {}).map(([name, { Default }]) => [
    name,
    Default,
  ]);
  const values = { ...PSEUDO, ...Object.fromEntries(defaults), ...parameters };
  const holds = (name: string): boolean => value(template.Conditions[name]);
  const named = (name: string, local: Doc = {}) => {
    if (name === 'AWS::NoValue') {
      return NOTHING;
    }
    const [resource, attribute] = name.split('.');
    const found = local[name] ?? values[name];
    if (found === undefined && !template.Resources[resource as string]) {
      throw new Error(`${name} is neither a parameter with a value nor a resource`);
    }
    return found ?? (attribute ? `<${resource}.${attribute}>` : `<${resource}>`);
  };
  const substitute = (text: string, local: Doc) =>
    text.replaceAll(/\$\{([^}]+)\}/g, (_, name) => String(named(name, value(local))));
  const functions: Record<string, (argument: Doc) => Doc> = {
    Ref: (name) => named(name),
    Condition: holds,
    'Fn::And': (all) => all.every(value),
    'Fn::Equals': ([left, right]) => value(left) === value(right),
    'Fn::GetAtt': (path) => named(path.join('.')),
    'Fn::If': ([condition, then, otherwise]) => value(holds(condition) ? then : otherwise),
    'Fn::Join': ([separator, parts]) => value(parts).join(separator),
    'Fn::Not': ([one]) => !value(one),
    'Fn::Or': (any) => any.some(value),
    'Fn::Select': ([index, list]) => value(list)[index],
    'Fn::Split': ([separator, text]) => value(text).split(separator),
    'Fn::Sub': (argument) =>
      Array.isArray(argument) ? substitute(argument[0], argument[1]) : substitute(argument, {}),
  };
  const value = (piece: Doc): Doc => {
    if (Array.isArray(piece)) {
      return piece.map(value).filter((item) => item !== NOTHING);
    }
    if (typeof piece !== 'object' || piece === null) {
      return piece;
    }
    const [[key = '', argument] = [], ...others] = Object.entries(piece);
    if (others.length === 0 && functions[key]) {
      return functions[key](argument);
    }
    const entries = Object.entries(piece).map(([name, inner]) => [name, value(inner)]);
    return Object.fromEntries(entries.filter(([, inner]) => inner !== NOTHING));
  };
  const existing = (section: Doc) =>
    Object.fromEntries(
      Object.entries<Doc>(section ?? {})
        .filter(([, { Condition }]) => Condition === undefined || holds(Condition))
        .map(([name, { Condition, ...rest }]) => [name, value(rest)]),
    );
  return { Resources: existing(template.Resources), Outputs: existing(template.Outputs) };
}

/** The resources of a type, by their logical names. */
export function ofType(resources: Doc, type: string): [name: string, properties: Doc][] {
  return Object.entries<Doc>(resources)
    .filter(([, { Type }]) => Type === type)
    .map(([name, { Properties }]) => [name, Properties]);
}

/** A deep copy with one change: a planted fault. */
export function planted<T>(document: T, change: (copy: T) => void): T {
  const copy = structuredClone(document);
  change(copy);
  return copy;
}
