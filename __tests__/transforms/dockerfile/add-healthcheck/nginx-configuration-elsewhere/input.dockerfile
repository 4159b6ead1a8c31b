FROM nginx:1.27
COPY --from=ghcr.io/acme/config:1 /nginx.conf /etc/nginx/conf.d/default.conf
