FROM python:3.12-slim
RUN useradd --system app
WORKDIR /app
COPY . .
RUN chown -R app:app /app
CMD ["python", "main.py"]
