import removeBundle from './bundle-teardown';
import stopTemporal from './global-teardown';

export default async function teardown(): Promise<void> {
  await stopTemporal();
  await removeBundle();
}
