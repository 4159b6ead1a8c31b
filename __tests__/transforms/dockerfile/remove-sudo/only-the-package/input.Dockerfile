FROM python:3.12-slim
RUN apt-get update && apt-get install -y build-essential sudo libpq-dev
COPY . /app
USER 1000
CMD ["python", "/app/main.py"]
