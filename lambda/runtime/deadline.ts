/** Returns the result of `work`, or of `otherwise` if the time is over first. The work is not stopped, only no longer waited for. */
export async function beforeDeadline<T>(milliseconds: number, work: Promise<T>, otherwise: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise()), milliseconds);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
