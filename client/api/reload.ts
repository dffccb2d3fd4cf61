/** What a reload of the configuration led to. `needsRestart`: settings that are other than before and hold only from the next start on. */
export type Reload =
  | { isDone: true; trunks: string[]; channels: string[]; needsRestart: string[] }
  /** Nothing is changed. */
  | { isDone: false; faults: readonly string[] };
