FROM python:3.12-slim
WORKDIR /app
RUN pip install --no-cache-dir poetry
COPY . .
RUN poetry install --only main
CMD ["poetry", "run", "serve"]
