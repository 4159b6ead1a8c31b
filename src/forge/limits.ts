/** What of an answer tells of rate limits. */
interface Limited {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * The seconds to wait before a rate limit takes the next request; undefined for an answer that is no rate limit.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api,
 * https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
 */
export function waitOf({ status, headers }: Limited, now = Date.now()): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = headers.get('retry-after');
  if (after !== null) {
    // Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - now) / 1000;
    if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  }
  const left = headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining');
  const reset = headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset');
  if (left === '0' && reset !== null && /^\d+$/.test(reset)) {
    return Math.max(0, Math.ceil(Number(reset) - now / 1000));
  }
  // With neither, GitHub asks to wait for a minute at least.
  return status === 429 || left === '0' ? 61 : undefined;
}

/** When a wait is over: `at 14:05 UTC, in 12 minutes`. */
export function endOf(seconds: number, now = Date.now()): string {
  const time = new Date(now + seconds * 1000).toISOString();
  const date = seconds < 12 * 3600 ? '' : ` on ${time.slice(0, 10)}`;
  const minutes = Math.ceil(seconds / 60);
  const span =
    minutes < 120 ? `${minutes} minute${minutes === 1 ? '' : 's'}` : `${Math.ceil(minutes / 60)} hours`;
  return `at ${time.slice(11, 16)} UTC${date}, in ${span}`;
}
