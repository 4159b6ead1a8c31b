import type { Random } from '../random.js';

/** A Dockerfile as people write it; a hardened one leaves nothing to propose. */
export function dockerfileSample(random: Random, name: string, hardened: boolean): string {
  if (hardened) return random.pick([hardenedNode, hardenedGo])(random, name);
  return random.pick([node, python, multiStage, heredoc])(random, name);
}

function node(random: Random, name: string): string {
  return `# syntax=docker/dockerfile:1
# ${name}: serves the API. Built by CI on each merge to main.
FROM node:${random.pick(['20', '22'])}-${random.pick(['bookworm', 'bookworm-slim', 'alpine'])}

ARG EXTRA_PACKAGES=""
ENV NODE_ENV=production \\
    PORT=${random.between(3000, 9000)}

# Tools for looking around with docker compose exec.
RUN apt-get update && apt-get install -y curl jq \\
    # keep the layer small
    && apt-get clean \\
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app

# The manifests first: the npm layer stays cached until the dependencies change.
ADD package.json package-lock.json ./
RUN npm ci --omit=dev

COPY . .
RUN npm run build

EXPOSE ${random.between(3000, 9000)}
HEALTHCHECK --interval=30s CMD curl -f http://localhost:3000/health || exit 1
CMD node dist/index.js serve --name ${name}
`;
}

function python(random: Random, name: string): string {
  return `FROM python:3.${random.between(10, 13)}-slim

LABEL org.opencontainers.image.title="${name}" \\
      org.opencontainers.image.licenses='MIT'

ENV PYTHONUNBUFFERED=1
ENV PYTHONDONTWRITEBYTECODE=1

RUN apt-get update \\
 && apt-get install -y build-essential libpq-dev \\
 && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/${name}
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY src/ ./src/
COPY entrypoint.sh /usr/local/bin/
RUN chmod +x /usr/local/bin/entrypoint.sh

VOLUME /srv/${name}/data
EXPOSE 8000
ENTRYPOINT ["/usr/local/bin/entrypoint.sh"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "${random.between(2, 8)}", "src.app:app"]
`;
}

function multiStage(random: Random, name: string): string {
  return `ARG GO_VERSION=1.${random.between(20, 24)}

# --- build ---------------------------------------------------------------
FROM golang:\${GO_VERSION}-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod \\
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=\${VERSION}" -o /out/${name} ./cmd/${name}

# --- assets --------------------------------------------------------------
FROM node:22-alpine AS assets
WORKDIR /web
COPY web/package.json web/package-lock.json ./
RUN npm ci
COPY web/ .
RUN npm run build

# --- run -----------------------------------------------------------------
FROM debian:12-slim
RUN apt-get update && apt-get install -y ca-certificates tzdata && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/${name} /usr/local/bin/${name}
COPY --from=assets /web/dist /usr/share/${name}/web
EXPOSE 8080
CMD /usr/local/bin/${name} --listen :8080
`;
}

function heredoc(random: Random, name: string): string {
  return `# syntax=docker/dockerfile:1
FROM ubuntu:${random.pick(['22.04', '24.04'])}

RUN <<EOF
set -eux
apt-get update
apt-get install -y nginx gettext-base
rm -rf /var/lib/apt/lists/*
EOF

COPY <<-"CONF" /etc/nginx/conf.d/${name}.conf
	server {
	  listen 8080;
	  # forwards to the API
	  location / { proxy_pass http://${name}:3000; }
	}
CONF

ADD static.tar.gz /usr/share/nginx/html/
ADD scripts/start.sh /start.sh
WORKDIR /usr/share/nginx/html
EXPOSE 8080
CMD ["sh", "/start.sh"]
`;
}

function hardenedNode(random: Random, name: string): string {
  return `# ${name}: runs as node already.
FROM node:22-bookworm-slim
ENV NODE_ENV=production
RUN apt-get update \\
    && apt-get install -y --no-install-recommends ca-certificates curl \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --chown=node:node package.json package-lock.json ./
RUN npm ci --omit=dev
COPY --chown=node:node . .
RUN npm run build
EXPOSE ${random.between(3000, 9000)}
USER node
CMD ["node", "dist/index.js"]
`;
}

function hardenedGo(random: Random, name: string): string {
  return `FROM golang:1.${random.between(20, 24)} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -o /out/${name} ./cmd/${name}

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/${name} /${name}
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["/${name}"]
`;
}
