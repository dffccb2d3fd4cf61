/**
 * Something that goes on beside the story for as long as the call lasts. Before the call goes on in another run it is paused and ends what it
 * has begun; the next run resumes it from what was carried over.
 */
export interface Pausable {
  /** Nothing is under way that the run would have to wait for. */
  readonly isIdle: boolean;
  /** Begins nothing more. */
  pause(): void;
  resume(): void;
}
