FROM debian:12-slim
RUN curl -fsSL https://bun.sh/install | bash
ENV PATH="/root/.bun/bin:${PATH}"
WORKDIR /app
COPY . .
CMD ["bun", "run", "start"]
