FROM node:latest AS build
RUN npm ci

FROM debian
COPY --from=busybox /bin/busybox /bin/
COPY --from=build /app /app
