/** What is under way, on a line of its own that the next text replaces; only for a terminal. */
export function createStatus(): { say(text: string): void; end(): void } {
  const { stderr } = process;
  let visible = false;
  return {
    say: (text) => {
      if (!stderr.isTTY) return;
      visible = true;
      stderr.write(`\r\u001b[K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    end: () => {
      if (visible) stderr.write('\r\u001b[K');
      visible = false;
    },
  };
}
