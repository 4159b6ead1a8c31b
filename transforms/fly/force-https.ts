import { citeSource } from '../../src/core/evidence.js';
import type { Finding } from '../../src/core/types.js';
import { setKey } from '../../src/formats/toml/edit.js';
import { answersHttps, portText, type FlyPort } from '../../src/workload/fly/services.js';
import { usersOf } from '../../src/workload/fly/users.js';
import {
  about,
  accepted,
  FLY_CONFIG,
  forEachService,
  manual,
  unsafe,
  type DeclaredService,
} from './service.js';

const FLYCAST = 'https://fly.io/docs/networking/flycast/';
const CHANGE = 'force_https = true';

export const forceHttps = forEachService(
  {
    id: 'fly/force-https',
    title: 'Redirect plain HTTP to HTTPS',
    description:
      "Fly's proxy answers plain HTTP on port 80 unless it is told to redirect: passwords and cookies of whoever types the name without https:// cross the Internet in the clear. With force_https the proxy itself redirects, before a request reaches the app; the health checks of the platform ask the Machine directly and see nothing of it. An app that others reach as <app>.flycast stays as it is: Flycast has no HTTPS. Where the file turns the redirect off, a person decides, and so for a port of plain HTTP that has no HTTPS beside it.",
    severity: 'high',
    phase: 2,
    mayBreak:
      'Clients that speak plain HTTP and follow no redirect (webhooks, devices, requests with a body) fail; so does an app that is reached over Flycast.',
    touches: ['http_service.force_https', 'services.*.ports.*.force_https'],
    controls: [],
    references: [`${FLY_CONFIG}#the-http_service-section`, `${FLY_CONFIG}#services-ports`, FLYCAST],
  },
  (declared) => declared.service.ports.flatMap((port) => decide(declared, port) ?? []),
);

function decide(
  { document, context, service, services }: DeclaredService,
  port: FlyPort,
): Finding | undefined {
  const plain = port.handlers.includes('http') && !port.handlers.includes('tls');
  // A part of a file, which a generator completes, has no port yet.
  if (!plain || port.forceHttps === true || service.internalPort === undefined) return undefined;
  const path = port.path ?? service.path;
  const base = about(document, path, `port ${portText(port)} answers plain HTTP`);
  const { flycast } = usersOf(document, [document, ...context.others]);
  if (flycast.length > 0) {
    const source = citeSource(FLYCAST, "Don't use force_https; Flycast is HTTP-only");
    const evidence = [...base.evidence, ...flycast, source];
    return accepted({ ...base, evidence }, 'the app is reached over Flycast, which has no HTTPS');
  }
  if (port.forceHttps === false) {
    const off = about(document, [...path, 'force_https'], base.message);
    return manual(
      { ...off, subject: path },
      'the file turns the redirect off: turn it on unless the app is reached over Flycast or by clients without TLS',
      CHANGE,
    );
  }
  if (!answersHttps(services)) {
    const reason = 'no port of the app answers HTTPS on 443, where the redirect leads: add one first';
    return manual(base, reason, '[[services.ports]] with port = 443 and handlers = ["tls", "http"]');
  }
  if (port.from > 80 || port.to < 80) {
    const reason = 'the redirect leads to the standard port of HTTPS, which may be another service';
    return manual(base, reason, 'handlers = ["tls", "http"]');
  }
  return unsafe(base, CHANGE, setKey(document, path, ['force_https', 'true'], 'internal_port'));
}
