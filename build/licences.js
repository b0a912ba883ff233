import { readdirSync, readFileSync } from 'node:fs';

const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** Writes `licences.txt`: what the packages in the bundle ask of whoever passes them on. */
export const licences = () => ({
  name: 'licences',
  generateBundle(_options, bundle) {
    const folders = new Set(
      Object.values(bundle)
        .flatMap(({ moduleIds = [] }) => moduleIds)
        .flatMap((id) => PACKAGE.exec(id) ?? []),
    );
    const source = [...folders].sort().map(licenceOf).join('\n');
    this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
  },
});

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice)/i.test(file))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8').trim());
  return [`${name} ${version}: ${license}`, ...texts, ''].join('\n\n');
}
