const CHECK_PARENT_EVERY = 200;

/**
 * Waits until this process is stopped: by SIGINT, by SIGTERM, or by the end of the `npm run` that started it.
 *
 * npm sends SIGTERM to the shell between npm and this process, and the shell ends without forwarding it. Without this
 * check the server would keep its port.
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
    }, CHECK_PARENT_EVERY);
    watch.unref();
  });
}
