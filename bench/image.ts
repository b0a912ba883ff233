import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { table } from './table.ts';

interface Layer {
  /** The line of the Dockerfile that made it. */
  origin: string;
  megabytes: number;
  compressed: number;
}

const GZIP = Buffer.from([0x1f, 0x8b]);

/** What the layers of an image weigh, as a table: unpacked, and as a push would move them. */
export function weigh(image: string | undefined): string {
  if (image === undefined) {
    return 'Not weighed: `--image NAME` names an image in Docker’s engine.';
  }
  const layers = layersOf(image);
  const rows = layers.map(({ origin, megabytes, compressed }) => row(`\`${origin}\``, megabytes, compressed));
  const total = row('all', sum(layers, 'megabytes'), sum(layers, 'compressed'));
  return `The layers that \`docker save\` gives of \`${image}\`, in MB, and what gzip makes of each, as a push moves it.

${table(['layer', 'unpacked', 'compressed'], [...rows, total])}`;
}

function layersOf(image: string): Layer[] {
  const folder = mkdtempSync(join(tmpdir(), 'jwt-api-image-'));
  try {
    const archive = join(folder, 'image.tar');
    execFileSync('docker', ['save', '--output', archive, image]);
    execFileSync('tar', ['--extract', '--file', archive, '--directory', folder]);
    const [{ Layers, Config }] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const { history } = JSON.parse(readFileSync(join(folder, Config), 'utf8'));
    const origins = history.filter((entry: { empty_layer?: boolean }) => !entry.empty_layer);
    return Layers.map((file: string, index: number) => {
      return layerOf(readFileSync(join(folder, file)), origins[index]?.created_by ?? 'base');
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function layerOf(content: Buffer, origin: string): Layer {
  // An engine with containerd's store has them compressed as they are.
  const isPacked = content.subarray(0, GZIP.length).equals(GZIP);
  const unpacked = isPacked ? content.readUInt32LE(content.length - 4) : content.length;
  const compressed = isPacked ? content.length : gzipSync(content).length;
  return { origin: origin.slice(0, 60), megabytes: unpacked / 1e6, compressed: compressed / 1e6 };
}

const row = (title: string, ...sizes: number[]) => [title, ...sizes.map((size) => size.toFixed(2))];

function sum(layers: Layer[], size: 'megabytes' | 'compressed'): number {
  return layers.reduce((total, layer) => total + layer[size], 0);
}
