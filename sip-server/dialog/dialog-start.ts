import type { Flow, Listener } from '../transport/types';

/** What a dialog begins with. */
export interface DialogStart {
  role: 'uac' | 'uas';
  callId: string;
  localParty: string;
  remoteParty: string;
  remoteTarget: string;
  listener: Listener;
  flow: Flow | undefined;
}
