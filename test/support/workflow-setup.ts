import bundle from './bundle-setup';
import temporal from './global-setup';

/** What tests of workflows need: a Temporal server and the bundle. */
export default async function setup(): Promise<void> {
  await temporal();
  await bundle();
}
