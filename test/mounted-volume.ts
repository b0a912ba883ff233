import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder as the kubelet mounts a Secret: each file a link through `..data`, which one rename swaps. */
export class MountedVolume {
  readonly path = mkdtempSync(join(tmpdir(), 'jwt-keys-'));
  private revision = 0;

  constructor(files: Record<string, string | Buffer>) {
    this.swap(files);
  }

  /** Replaces the whole content at once, and deletes the old one as the kubelet does. */
  swap(files: Record<string, string | Buffer>): void {
    const folder = `..revision-${++this.revision}`;
    mkdirSync(join(this.path, folder));
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(this.path, folder, name), content, { mode: 0o440 });
      rmSync(join(this.path, name), { force: true });
      symlinkSync(join('..data', name), join(this.path, name));
    }
    symlinkSync(folder, join(this.path, '..data_tmp'));
    renameSync(join(this.path, '..data_tmp'), join(this.path, '..data'));
    rmSync(join(this.path, `..revision-${this.revision - 1}`), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
