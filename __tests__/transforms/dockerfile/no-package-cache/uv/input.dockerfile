FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv
RUN uv sync --frozen && uv pip install --system flask
RUN --mount=type=cache,target=/root/.cache/uv uv sync
CMD ["uv", "run", "app"]
