import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const LIBRARIES = '/usr/lib';

/** The machine's clock as processes see it that are started with `env`: libfaketime puts it forward or back, and leaves the uptime alone. */
export class SteppedClock {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'clock-'));
  readonly #file = path.join(this.#folder, 'offset');

  constructor() {
    this.stepTo(0);
  }

  get env(): Record<string, string> {
    return {
      LD_PRELOAD: libfaketime(),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  /** Seen within a second. @param hours ahead of the true time */
  stepTo(hours: number): void {
    writeFileSync(this.#file, `${hours < 0 ? '' : '+'}${hours * 3600}s\n`);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function libfaketime(): string {
  const inFolder = readdirSync(LIBRARIES).map((folder) => path.join(LIBRARIES, folder, 'faketime'));
  for (const folder of inFolder) {
    try {
      if (readdirSync(folder).includes('libfaketimeMT.so.1')) return path.join(folder, 'libfaketimeMT.so.1');
    } catch {
      // No such folder: another library's.
    }
  }
  throw new Error('the test needs libfaketime (Debian: faketime)');
}
