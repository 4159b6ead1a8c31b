FROM node:22-alpine
WORKDIR /app
COPY . .
USER node
EXPOSE 3000
CMD ["npm", "start"]
