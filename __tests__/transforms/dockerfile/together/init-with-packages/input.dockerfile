FROM python:3.12
WORKDIR /app
RUN apt-get update && apt-get install -y \
    curl \
    libpq-dev \
    && rm -rf /var/lib/apt/lists/*
COPY . .
EXPOSE 8000
ENTRYPOINT ["python", "server.py"]
