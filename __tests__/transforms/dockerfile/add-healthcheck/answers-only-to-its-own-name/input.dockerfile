FROM python:3.12-slim
WORKDIR /srv
COPY . .
EXPOSE 8000
CMD ["gunicorn", "-b", "0.0.0.0:8000", "main:app"]
