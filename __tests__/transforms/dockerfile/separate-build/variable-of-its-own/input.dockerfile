FROM node:22-bookworm
RUN set -e && ARCHIVE=/opt/data && mkdir -p $ARCHIVE && chmod 0777 $ARCHIVE
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "server.js"]
