import { removeBundle } from './bundle-setup';
import stopTemporal from './global-teardown';

export default async function teardown(): Promise<void> {
  await Promise.all([stopTemporal(), removeBundle()]);
}
