/** Stops the Temporal server that the set-up started. */
export default async function teardown(): Promise<void> {
  const server = await globalThis.temporalServer;
  globalThis.temporalServer = undefined;
  await server?.stop();
}
