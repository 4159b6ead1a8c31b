FROM python:3.12-slim
RUN useradd --system app
WORKDIR /app
COPY requirements.txt .
COPY data /app/data
RUN chown -R app:app /app/data
CMD ["python", "main.py"]
