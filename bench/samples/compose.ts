import type { Random } from '../random.js';

type Service = (random: Random, name: string) => string;

/** A Compose file of two to six services; a hardened one leaves nothing to propose. */
export function composeSample(random: Random, name: string, hardened: boolean): string {
  const count = random.between(2, 6);
  if (hardened) return hardenedFile(random, name, count);
  const chosen = new Set([app]);
  while (chosen.size < count) chosen.add(random.pick(SERVICES));
  const services = [...chosen].map((service) => service(random, name)).join('\n');
  const anchored = random.chance(0.3);
  return `# ${name}: docker compose up -d --build
${anchored ? ANCHOR : ''}services:
${anchored ? services.replaceAll('    restart: unless-stopped\n', '    <<: *defaults\n') : services}
volumes:
  db-data:
  cache-data:
    driver: local

networks:
  default:
    name: ${name}
`;
}

const ANCHOR = `x-defaults: &defaults
  restart: unless-stopped
  logging:
    driver: json-file
    options: { max-size: "10m", max-file: "3" }

`;

const app: Service = (random, name) => `  ${name}:
    build:
      context: .
      dockerfile: Dockerfile
    restart: unless-stopped
    environment:
      NODE_ENV: production
      DATABASE_URL: postgres://app:\${DB_PASSWORD}@db:5432/${name}
      # the published port needs it
      BIND: 0.0.0.0
    ports:
      - "\${APP_PORT:-${random.between(3000, 9000)}}:3000" # behind the proxy
    volumes:
      - ./data:/var/lib/${name}
`;

const postgres: Service = (random) => `  db:
    image: postgres:${random.between(13, 17)}-alpine
    restart: unless-stopped
    environment:
      POSTGRES_PASSWORD: \${DB_PASSWORD:?set it in .env}
      POSTGRES_DB: app
    volumes:
      - db-data:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U postgres"]
      interval: 10s
`;

const redis: Service = () => `  cache:
    # Scratch space; nothing in here has to survive.
    image: redis:7-alpine
    restart: unless-stopped
    command: ["redis-server", "--save", "60", "1"]
    ports:
      - "6379:6379"
    volumes:
      - cache-data:/data
`;

const nginx: Service = (random) => `  proxy:
    image: nginx:1.${random.between(25, 27)}
    restart: unless-stopped
    ports:
      - "80:80"
      - 443:443
    volumes:
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
      - ./certs:/etc/nginx/certs:ro
`;

const rabbitmq: Service = () => `  queue:
    image: rabbitmq:3-management
    restart: unless-stopped
    hostname: queue
    ports: ["5672:5672", "15672:15672"]
`;

const exporter: Service = (random, name) => `  exporter:
    image: ghcr.io/example/${name}-exporter:v${random.between(1, 9)}.${random.between(0, 20)}
    restart: unless-stopped
    command: --listen :9100 --target http://${name}:3000/metrics
    ports:
      - target: 9100
        published: 9100
        protocol: tcp
    deploy:
      resources:
        limits:
          memory: 256M
          cpus: '0.5'
    labels:
      prometheus.io/scrape: "true"
`;

const worker: Service = (_, name) => `  worker:
    build: .
    restart: unless-stopped
    command: ["node", "dist/worker.js", "--queue", "${name}"]
    environment:
      - NODE_ENV=production
      - QUEUE_URL=amqp://queue:5672
    init: true
`;

const SERVICES: readonly [Service, ...Service[]] = [postgres, redis, nginx, rabbitmq, exporter, worker];

const HARDENED_IMAGES: readonly [string, ...string[]] = [
  'nginxinc/nginx-unprivileged:1.27',
  'ghcr.io/example/api:2.1',
  'redis:7',
];

function hardenedFile(random: Random, name: string, count: number): string {
  const services = Array.from(
    { length: count },
    (_, at) => `  ${name}-${at}:
    image: ${random.pick(HARDENED_IMAGES)}
    restart: unless-stopped
    ports:
      - "127.0.0.1:${random.between(3000, 9000)}:8080"
    security_opt:
      - no-new-privileges:true
    cap_drop:
      - ALL
    read_only: true
    tmpfs:
      - /tmp:noexec,nosuid,nodev
    pids_limit: 256
`,
  );
  return `# ${name}: hardened by hand.\nservices:\n${services.join('\n')}`;
}
