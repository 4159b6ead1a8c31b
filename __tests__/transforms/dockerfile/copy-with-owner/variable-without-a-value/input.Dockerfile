FROM debian:bookworm-slim
ARG APP_UID
COPY . /opt/worker
RUN chown -R $APP_UID:0 /opt/worker
USER $APP_UID
CMD ["/opt/worker/run"]
