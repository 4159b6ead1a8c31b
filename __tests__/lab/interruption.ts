/**
 * Ends what a lab has started when somebody interrupts it; all that is under way fails then, and leaves as it would
 * otherwise.
 * @returns the signal that tells of it.
 */
export function onInterruption(stop: () => unknown): AbortSignal {
  const interruption = new AbortController();
  const interrupted = (): void => {
    // A terminal, npm and timeout(1) each tell it, so that it may come more than once.
    if (interruption.signal.aborted) return;
    interruption.abort();
    stop();
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  return interruption.signal;
}
