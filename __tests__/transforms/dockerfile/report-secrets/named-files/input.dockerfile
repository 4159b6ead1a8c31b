FROM nginx:1.29
COPY tls/server.key tls/server.crt /etc/nginx/tls/
COPY deploy/service-account.json /etc/tides/
COPY id_ed25519 /root/.ssh/id_ed25519
COPY keystore.p12 /etc/tides/keystore.p12
COPY .env.example /srv/.env
COPY *.pem /etc/nginx/tls/
