FROM python:3.13-slim
ARG DB_PASSWORD=none
RUN ./seed.sh --password "$DB_PASSWORD"
CMD ["python", "-m", "tides"]
