FROM python:3.12-slim
WORKDIR /app
COPY . .
ENTRYPOINT ["/app/entry.sh"]
CMD ["python", "main.py"]
