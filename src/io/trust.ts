/**
 * True for a program that the user, or root, has put there: one that is found above may be anybody's, in /tmp for example.
 * @param user undefined on a system without user numbers.
 */
export function isTrusted(owner: number, user: number | undefined): boolean {
  return user === undefined || owner === user || owner === 0;
}
