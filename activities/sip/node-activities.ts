import type { NodeActivities } from '../../contracts/node';
import { notConnected } from './failures';

export function createNodeActivities(wire: { readonly isConnected: boolean }): NodeActivities {
  return {
    requireSipServer: () => (wire.isConnected ? Promise.resolve() : Promise.reject(notConnected())),
  };
}
