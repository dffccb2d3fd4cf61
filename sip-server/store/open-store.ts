import { DiskStore } from './disk-store';
import { MemoryStore } from './memory-store';
import type { Store } from './store';

/**
 * @param folder undefined for a store in memory
 * @throws StoreError when it cannot be used
 */
export function openStore(folder: string | undefined): Store {
  return folder === undefined ? new MemoryStore() : DiskStore.open(folder);
}
