FROM python:3.12
RUN pip install poetry
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN poetry install --only main
COPY . .
CMD ["poetry", "run", "app"]
