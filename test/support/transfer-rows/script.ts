import { expect } from '@jest/globals';
import type { RowCall } from './row-call';
import type { Dialled } from './stage';

/** How a row is played: the call stands, its REFER has come and waits for an answer. */
export interface RowScript {
  /** The part of the peer, and of the bot where it has one. */
  play(call: RowCall): void | Promise<void>;
  /** Default: the trunk with patient timers. */
  dialled?: Dialled;
  /** What leads to the point at which a worker may be lost. Default: the bot's transfer, up to its REFER. */
  prepare?(call: RowCall): Promise<void>;
  /** REFERs that the peer gets. Default 1. */
  refers?: number;
  /** The trunk may know already that its peer takes no REFER: none comes then. */
  mayBeRemembered?: boolean;
  /** Attempts in the record. Default 1. */
  attempts?: number;
}

export function played(play: RowScript['play'], more: Omit<RowScript, 'play'> = {}): RowScript {
  return { ...more, play };
}

/** What a peer sees on the way to the row's outcome. */
export function mustBe<T>(actual: T, wanted: T): void {
  expect(actual).toBe(wanted);
}

/** Takes the REFER and reports these statuses, each after the one before was answered. */
export function reports(...statuses: number[]): (call: RowCall) => Promise<void> {
  return async (call) => {
    call.answer(202);
    for (const status of statuses) mustBe(await call.reported(status), 200);
  };
}

/** One script for each final status. */
export function reportsEach(...statuses: number[]): RowScript[] {
  return statuses.map((status) => played(reports(100, status)));
}
