import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BUNDLE_VARIABLE, bundleOf } from './workflow-bundle';

declare global {
  /** The folder of the bundle shared by all test projects of one run. */
  var bundleFolder: Promise<string> | undefined;
}

/** Bundles the workflows once for the whole run. Jest calls this once per project. */
export default async function setup(): Promise<void> {
  globalThis.bundleFolder ??= bundle();
  process.env[BUNDLE_VARIABLE] = fileIn(await globalThis.bundleFolder);
}

async function bundle(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'workflow-bundle-'));
  const { code } = await bundleOf('workflows/index.ts');
  await writeFile(fileIn(folder), code);
  return folder;
}

function fileIn(folder: string): string {
  return path.join(folder, 'workflow-bundle.js');
}
