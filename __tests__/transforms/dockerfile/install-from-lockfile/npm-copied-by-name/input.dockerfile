FROM node:lts-alpine
WORKDIR /app
COPY package.json package-lock.json /app/
RUN set -ex; npm install --omit=dev --loglevel error; npm run build
CMD ["node", "index.js"]
