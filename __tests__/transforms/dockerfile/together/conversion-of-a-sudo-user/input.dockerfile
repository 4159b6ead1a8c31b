FROM node:22-bookworm
RUN apt-get update && apt-get install -y sudo build-essential
RUN echo "node ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/node
USER node
WORKDIR /home/node/app
COPY --chown=node:node . .
RUN sudo npm install -g npm@11
RUN npm ci && npm run build
EXPOSE 3000
CMD ["node", "dist/server.js"]
