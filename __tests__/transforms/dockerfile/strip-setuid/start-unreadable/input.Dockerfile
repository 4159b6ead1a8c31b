FROM debian:bookworm-slim
USER www-data
ENTRYPOINT ["/opt/vendor/entrypoint.sh"]
