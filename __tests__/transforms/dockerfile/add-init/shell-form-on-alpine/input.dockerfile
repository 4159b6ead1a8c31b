FROM node:22-alpine
WORKDIR /app
COPY . .
EXPOSE 3000
USER node
CMD yarn start
