FROM vaultwarden/server:1.32.0
COPY templates /templates
