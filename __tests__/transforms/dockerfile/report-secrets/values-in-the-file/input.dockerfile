FROM node:22-bookworm-slim AS build
ARG NPM_TOKEN=Zx9q-7fKd2mWvT4sLb8
RUN npm ci --//npm.kiosk.test/:_authToken=$NPM_TOKEN
FROM node:22-bookworm-slim
ENV PORT=8080 \
    SESSION_SECRET="Zx9q-7fKd2mWvT4sLb8" \
    DATABASE_URL=postgres://kiosk:Zx9q-7fKd2mWvT4sLb8@db:5432/kiosk
ENV API_KEY Zx9q-7fKd2mWvT4sLb8
LABEL org.kiosk.deploy-token=Zx9q-7fKd2mWvT4sLb8
COPY --from=build /srv/kiosk /srv/kiosk
CMD ["node", "/srv/kiosk/server.js"]
