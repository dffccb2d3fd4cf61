import { rm } from 'node:fs/promises';

/** Removes what the set-up bundled. */
export default async function teardown(): Promise<void> {
  const folder = await globalThis.bundleFolder;
  globalThis.bundleFolder = undefined;
  if (folder !== undefined) await rm(folder, { recursive: true });
}
