import type { Engine } from '../tools.js';
import { sooner } from './isolate.js';
import { type ComposeModel, type HealthcheckModel } from './model.js';

/** What `docker image inspect` says of a health check; durations are nanoseconds, 0 for the default. */
interface ImageCheck {
  readonly Interval?: number;
  readonly Retries?: number;
}

/** Services whose health check stands in their image are seen to be up at once too. */
export async function withSoonerImageChecks(
  model: ComposeModel,
  engine: Engine,
  signal: AbortSignal,
): Promise<ComposeModel> {
  const services = await Promise.all(
    Object.entries(model.services).map(async ([name, service]) => {
      const check =
        service.healthcheck === undefined && service.image !== undefined
          ? await imageCheck(engine, service.image, signal)
          : undefined;
      return [name, check === undefined ? service : { ...service, healthcheck: check }] as const;
    }),
  );
  return { ...model, services: Object.fromEntries(services) };
}

/** What is not said of a check is the image's: https://docs.docker.com/reference/compose-file/services/#healthcheck */
async function imageCheck(
  engine: Engine,
  image: string,
  signal: AbortSignal,
): Promise<HealthcheckModel | undefined> {
  const format = ['--format', '{{json .Config.Healthcheck}}'];
  const { code, stdout } = await engine.call(['image', 'inspect', ...format, image], { signal });
  // An image that is still to be pulled keeps its interval.
  if (code !== 0) return undefined;
  const check = JSON.parse(stdout) as ImageCheck | null;
  if (check === null) return undefined;
  const { Interval: interval = 0, Retries: retries = 0 } = check;
  return sooner({
    ...(interval === 0 ? {} : { interval: `${interval / 1e6}ms` }),
    ...(retries === 0 ? {} : { retries }),
  });
}
