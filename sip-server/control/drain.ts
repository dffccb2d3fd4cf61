/** How often a server that shall exit looks whether its last dialog is over. */
const lookEveryMs = 500;

/** What a server that is being emptied tells about it. */
export interface DrainState {
  draining: boolean;
  /** The process ends with the last dialog. */
  exit: boolean;
  /** Dialogs that are still here, those included that ended a moment ago and still take a late NOTIFY. */
  dialogs: number;
}

/** Emptying a server: no new calls, while those that are up go on. */
export class Drain {
  /** Called once, when the last dialog is over and the server was told to exit then. */
  onEmpty: () => void = () => undefined;
  private isOn = false;
  private looking: NodeJS.Timeout | undefined;

  constructor(private readonly dialogCount: () => number) {}

  get isDraining(): boolean {
    return this.isOn;
  }

  get state(): DrainState {
    return { draining: this.isOn, exit: this.looking !== undefined, dialogs: this.dialogCount() };
  }

  /** May be called again, to change whether the server exits. */
  start({ exit }: { exit: boolean }): void {
    this.stop();
    this.isOn = true;
    if (exit) this.looking = setInterval(() => this.look(), lookEveryMs).unref();
  }

  stop(): void {
    this.isOn = false;
    clearInterval(this.looking);
    this.looking = undefined;
  }

  private look(): void {
    if (this.dialogCount() > 0) return;
    clearInterval(this.looking);
    this.onEmpty();
  }
}
