FROM debian:bookworm-slim
COPY site /app/site
RUN useradd -m runner && chown -R runner:runner /app
USER runner
CMD ["/app/site/serve"]
