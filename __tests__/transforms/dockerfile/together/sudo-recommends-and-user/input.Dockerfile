FROM python:3.12-slim
RUN apt-get update && apt-get install -y sudo && rm -rf /var/lib/apt/lists/*
RUN apt-get update && sudo apt-get install -y libpq5
WORKDIR /app
COPY . .
CMD ["python", "main.py"]
