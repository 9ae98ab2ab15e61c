/** Runs jobs in the order in which they come: at once, or when those before have ended. Jobs do not reject. */
export function sequential(): (job: () => Promise<void> | void) => void {
  let busy: Promise<void> | undefined;
  const end = async (running: Promise<void>): Promise<void> => {
    busy = running;
    await running;
    if (busy === running) busy = undefined;
  };
  return (job) => {
    const running = busy ? busy.then(job) : job();
    if (running) void end(running);
  };
}
