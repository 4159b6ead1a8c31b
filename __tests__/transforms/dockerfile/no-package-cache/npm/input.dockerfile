FROM node:22-slim
WORKDIR /app
COPY package*.json ./
RUN npm ci --omit=dev
RUN npm install -g pm2 && \
    pm2 --version
RUN set -e; npm install left-pad; npm run build
CMD ["pm2"]
