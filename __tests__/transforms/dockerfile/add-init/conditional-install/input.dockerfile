FROM node:22-bookworm-slim
ARG EXTRA=""
RUN if [ -n "$EXTRA" ]; then apt-get update && apt-get install -y git; fi
WORKDIR /app
COPY . .
USER node
EXPOSE 3000
CMD ["node", "server.js"]
