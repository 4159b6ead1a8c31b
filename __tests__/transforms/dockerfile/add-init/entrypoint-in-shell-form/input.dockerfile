FROM node:22-alpine
EXPOSE 3000
ENTRYPOINT npm start
