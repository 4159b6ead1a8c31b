FROM node:22-bookworm-slim
RUN apt-get update && apt-get install -y sudo && rm -rf /var/lib/apt/lists/*
RUN echo "node ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/node
USER node
CMD ["node", "server.js"]
