FROM node:22-slim
RUN apt-get update && apt-get install -y --no-install-recommends sudo
WORKDIR /app
COPY . .
CMD ["./start.sh"]
