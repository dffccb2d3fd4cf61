import type { EngineProcess } from '../support/engine-process';

type Message = { armed: string } | { at: string };

/** The places where a worker of processes/pausing-port.js can be stopped. */
export class PausePoints {
  readonly #onArmed = new Map<string, () => void>();
  readonly #onReached = new Map<string, () => void>();

  constructor(private readonly worker: EngineProcess) {
    worker.onMessage((message) => {
      const said = message as Message;
      if ('armed' in said) this.#onArmed.get(said.armed)?.();
      else this.#onReached.get(said.at)?.();
    });
  }

  /** Resolves when the worker knows where to stop. @param onReached when it has stopped there */
  async arm(point: string, key: string, onReached: () => void): Promise<void> {
    const pause = `${point} ${key}`;
    this.#onReached.set(pause, onReached);
    await new Promise<void>((resolve) => {
      this.#onArmed.set(pause, resolve);
      this.worker.tell({ pause });
    });
  }

  /** Lets everything go on that is stopped. */
  goOn(): void {
    this.worker.tell({ goOn: true });
  }
}
