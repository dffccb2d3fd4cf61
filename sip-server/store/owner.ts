import { readFileSync, readlinkSync } from 'node:fs';

/** The process that has the store open. */
export interface StoreOwner {
  pid: number;
  /** Tells it from a later process with the same pid; empty where the system does not say. */
  startedAt: string;
  /** The set of processes that the pid counts in: another one in each container. */
  pidNamespace: string;
}

/** A process of this machine as the owner of a store. */
export function ownerOf(pid: number): StoreOwner {
  return { pid, startedAt: startOf(pid), pidNamespace: pidNamespace() };
}

/** True while another process of this machine holds the store. One in another container cannot be seen and counts as gone. */
export function isHeldByAnother({ pid, startedAt, pidNamespace: namespace }: StoreOwner): boolean {
  if (pid === process.pid || namespace !== pidNamespace()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === startedAt;
}

/** Clock ticks since the boot, with the boot's id (proc(5)); empty where there is no such file. */
function startOf(pid: number): string {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
  // The second field is the command in brackets and may hold spaces.
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return ticks === '' ? '' : `${boot} ${ticks}`;
}

function pidNamespace(): string {
  return read(() => readlinkSync('/proc/self/ns/pid'));
}

function read(from: () => string): string {
  try {
    return from();
  } catch {
    return '';
  }
}
