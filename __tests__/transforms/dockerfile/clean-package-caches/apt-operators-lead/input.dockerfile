FROM python:3.12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      libpq5 \
      # read by the importer
      libxml2 \
      # nothing more
 && pip install --no-cache-dir psycopg2
CMD ["python3"]
