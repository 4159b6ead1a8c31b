/** /var/run and /var/lock are links: AppArmor compares what they lead to. */
const LINKS: readonly (readonly [RegExp, string])[] = [
  [/^\/var\/run(?=\/|$)/, '/run'],
  [/^\/var\/lock(?=\/|$)/, '/run/lock'],
];

/** The first folder below a shared one: what a program has for itself. */
const OWN = /^\/(?:var\/(?:lib|cache|log)\/private|var\/[^/]+|etc|run|srv|opt|mnt|media)\/[^/]+(?=\/)/;

/** Folders at such a place that hold what is others' too. */
const SHARED =
  /^\/(?:run\/(?:systemd|user|lock|dbus|credentials|udev)|etc\/(?:systemd|ssl|ssh|pam\.d|security|default|alternatives|cron\.\w+|init\.d|apparmor\.d)|var\/(?:lib|cache|log)\/(?:private|systemd|dpkg|apt|journal)|var\/spool\/cron|var\/lib\/(?:snapd|containers|docker))$/;

/** The path as the kernel has it. */
export function resolved(path: string): string {
  return LINKS.reduce((text, [link, target]) => text.replace(link, target), path);
}

/**
 * The folder that stands for a path: a program's own one with all that is below, since names there change from run to run;
 * /tmp for what is in it; otherwise the path alone. A `/` at the end says that it is all below.
 */
export function placeOf(path: string): string {
  const real = resolved(path);
  const temporary = /^\/(?:var\/)?tmp\//.exec(real)?.[0];
  if (temporary !== undefined) return temporary;
  const own = OWN.exec(real)?.[0];
  return own === undefined || SHARED.test(own) ? real : `${own}/`;
}

/** True where one of the others is the place, or a folder that it lies in. */
export function isCovered(place: string, others: readonly string[]): boolean {
  return others.some((other) => other === place || (other.endsWith('/') && `${place}/`.startsWith(other)));
}

/** Each once, without those that another one stands for. */
export function outermost(places: Iterable<string>): readonly string[] {
  const all = [...new Set(places)].sort();
  return all.filter(
    (place) =>
      !isCovered(
        place,
        all.filter((other) => other !== place),
      ),
  );
}
