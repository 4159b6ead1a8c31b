FROM node:22-alpine
RUN apk add --no-cache dumb-init
EXPOSE 3000
ENTRYPOINT ["dumb-init", "--"]
CMD ["node", "server.js"]
