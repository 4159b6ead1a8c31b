FROM debian:bookworm-slim
ARG APP_USER=worker
ARG TARGET_UID
RUN useradd -m $APP_USER
COPY . /opt/worker
RUN chown -R ${APP_USER}:${APP_USER} /opt/worker
USER $APP_USER
CMD ["/opt/worker/run"]
