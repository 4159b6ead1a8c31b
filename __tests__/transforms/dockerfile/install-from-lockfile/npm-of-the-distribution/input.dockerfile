FROM debian:12
WORKDIR /app
COPY . .
RUN npm install
CMD ["node", "index.js"]
