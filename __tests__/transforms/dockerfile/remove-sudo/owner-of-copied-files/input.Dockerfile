FROM node:22-bookworm-slim
RUN apt-get update && apt-get install -y sudo git && rm -rf /var/lib/apt/lists/*
RUN echo "node ALL=NOPASSWD:ALL" > /etc/sudoers.d/node
USER node
WORKDIR /app
COPY . .
RUN sudo chown -R node:node /app
CMD ["node", "server.js"]
