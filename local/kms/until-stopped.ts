const LOOK_FOR_PARENT_EVERY = 200;

/**
 * Waits until this process is told to stop: by SIGINT, by SIGTERM, or by the end of the `npm run` that started it.
 *
 * npm gives a SIGTERM to the shell between us, which dies without handing it on. A server that nobody remembers would keep its port.
 */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    if (process.env.npm_lifecycle_event === undefined) return;
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      resolve();
    }, LOOK_FOR_PARENT_EVERY);
    watch.unref();
  });
}
