FROM node:22-slim
WORKDIR /app
COPY . .
EXPOSE 4000
CMD ["node", "index.js"]
