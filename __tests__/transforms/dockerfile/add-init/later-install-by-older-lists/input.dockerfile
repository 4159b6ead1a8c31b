FROM node:22-bookworm
RUN apt-get update
RUN apt-get install -y --no-install-recommends sudo && echo "node ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/node
USER node
WORKDIR /home/node/app
COPY . .
RUN npm ci && npm run build
RUN sudo apt-get install -y --no-install-recommends ghostscript
EXPOSE 3000
CMD ["node", "dist/server.js"]
