FROM node:22-alpine
LABEL org.opencontainers.image.source="https://github.com/acme/tally"
EXPOSE 3000
CMD ["npm", "start"]
