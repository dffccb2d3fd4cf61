import { now } from '../clock';
import type { Stored } from '../store/journal';
import type { Dialog } from './dialog';
import { after } from './timer';

const longestDelayMs = 2 ** 31 - 1;

/** What a record does with its dialog. */
export interface RecordWork {
  /** Writes the dialog's row. */
  write(key: string, dialog: Dialog): void;
  read(key: string): Dialog | undefined;
  /** The time that `wakeAt` named has come. */
  wake(key: string): void;
}

/**
 * A dialog's place in memory. While nothing is under way in it, only its row is kept: the object goes when nobody uses it any more and is
 * made from the row again when it is needed.
 */
export class DialogRecord implements Stored {
  private busy: Dialog | undefined;
  private idle: WeakRef<Dialog> | undefined;
  private alarm: NodeJS.Timeout | undefined;

  constructor(
    private readonly key: string,
    private readonly work: RecordWork
  ) {}

  get dialog(): Dialog | undefined {
    return this.busy ?? this.idle?.deref() ?? this.load();
  }

  /** Holds the dialog until it is saved and nothing is under way in it. */
  hold(dialog: Dialog): void {
    this.busy = dialog;
    this.idle = undefined;
  }

  save(): void {
    const { busy } = this;
    if (busy === undefined) return;
    this.work.write(this.key, busy);
    this.wakeAt(busy.dueAt);
    if (!busy.isIdle) return;
    this.idle = new WeakRef(busy);
    this.busy = undefined;
  }

  /** Sets the alarm, to a time in milliseconds since the epoch. */
  wakeAt(at: number | undefined): void {
    clearTimeout(this.alarm);
    this.alarm = undefined;
    if (at === undefined) return;
    const delayMs = Math.max(0, at - now());
    const isFar = delayMs > longestDelayMs;
    this.alarm = isFar ? after(longestDelayMs, () => this.wakeAt(at)) : after(delayMs, () => this.work.wake(this.key));
  }

  private load(): Dialog | undefined {
    const dialog = this.work.read(this.key);
    if (dialog !== undefined) this.idle = new WeakRef(dialog);
    return dialog;
  }
}
