FROM node:22-slim
WORKDIR /app
RUN npm ci; if [ $? -ne 0 ]; then echo failed; exit 1; fi
CMD ["node", "index.js"]
