FROM debian:bookworm-slim
COPY site /app/site
RUN chown -Rv www-data /app
USER www-data
CMD ["/app/site/serve"]
