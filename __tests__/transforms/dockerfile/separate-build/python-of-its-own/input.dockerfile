FROM python:3.11-slim
COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/
WORKDIR /app
COPY . .
RUN uv sync --frozen
CMD ["/app/.venv/bin/uvicorn", "app:app"]
