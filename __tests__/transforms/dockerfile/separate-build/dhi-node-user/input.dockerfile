FROM node:24-slim
USER node
WORKDIR /home/node/app
COPY --chown=node:node package*.json ./
RUN npm ci --omit=dev
COPY --chown=node:node . .
ENV NODE_ENV=production
EXPOSE 3000
ENTRYPOINT ["node"]
CMD ["dist/server.js"]
