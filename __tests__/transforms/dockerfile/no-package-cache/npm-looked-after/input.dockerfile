FROM node:22-slim
WORKDIR /app
RUN npm ci --omit=dev && npm cache clean --force
RUN --mount=type=cache,target=/root/.npm npm ci
RUN npm install -g pm2 && rm -rf /root/.npm /tmp/*
RUN npm run build
CMD ["pm2"]
