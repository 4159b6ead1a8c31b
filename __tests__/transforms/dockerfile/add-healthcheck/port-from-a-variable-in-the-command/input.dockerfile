FROM python:3.12-slim
WORKDIR /srv
COPY . .
CMD uvicorn app.main:app --host 0.0.0.0 --port ${PORT:-8000}
