FROM python:3.12-bookworm
WORKDIR /app
RUN <<SCRIPT
set -e
apt-get update
apt-get install -y --no-install-recommends gcc libmagic1
rm -rf /var/lib/apt/lists/*
SCRIPT
COPY <<CONF /etc/app.conf
workers = 2
CONF
COPY . .
RUN pip install --no-cache-dir .
CMD ["app", "--config", "/etc/app.conf"]
