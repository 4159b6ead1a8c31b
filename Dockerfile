# harden as a container, for a repository that is mounted at /src:
#   docker build -t harden .
#   docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges --user "$(id -u):$(id -g)" -v "$PWD:/src" harden
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
# What is published, and what it depends on at run time.
RUN npm run build \
    && npm pack --ignore-scripts --pack-destination /tmp \
    && mkdir /package \
    && tar -xzf /tmp/harden-*.tgz --strip-components=1 -C /package \
    && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
# --since and harden pr ask git.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/*
# The repository belongs to whoever mounts it: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
RUN git config --system --add safe.directory /src
WORKDIR /opt/harden
COPY --from=build /package ./
COPY --from=build /build/node_modules ./node_modules
RUN ln -s /opt/harden/dist/src/cli/main.js /usr/local/bin/harden \
    && chmod 0755 /opt/harden/dist/src/cli/main.js
RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +
ENV NODE_ENV=production
WORKDIR /src
USER node
ENTRYPOINT ["harden"]
