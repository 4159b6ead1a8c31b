FROM debian:12-slim
ADD . .
WORKDIR /app
COPY . .
CMD ["bun", "run", "start"]
