FROM python:3.12-slim
WORKDIR /app
RUN curl -fsSLo entrypoint.sh https://example.org/entrypoint.sh
ENTRYPOINT ["./entrypoint.sh"]
