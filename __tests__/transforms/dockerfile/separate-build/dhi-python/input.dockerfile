FROM python:3.12-bookworm
ENV PYTHONUNBUFFERED=1
RUN apt-get update && apt-get install -y libpq-dev gcc gettext && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home web
WORKDIR /code
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN python manage.py collectstatic --noinput
COPY docker-entrypoint.sh /usr/local/bin/
RUN chmod +x /usr/local/bin/docker-entrypoint.sh
RUN mkdir -p /var/lib/uploads && chown -R web:web /var/lib/uploads /code
USER web
EXPOSE 8000
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8000"]
