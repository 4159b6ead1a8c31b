FROM python:3.12 AS base
RUN curl -fsSL https://example.org/app.tar.gz | tar xz

FROM base AS test
RUN curl -fsSL https://example.org/app.tar.gz | tar xz

FROM debian:12-slim
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
CMD /app --port 80
