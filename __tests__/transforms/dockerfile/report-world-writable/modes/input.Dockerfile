FROM debian:bookworm-slim
COPY --chmod=777 run.sh /run.sh
COPY --chmod=755 start.sh /start.sh
COPY --chmod=4755 helper /usr/bin/helper
RUN chmod -R 777 /app /data && chmod a+rwx /srv/x && chmod o+w /srv/y
RUN sudo chmod -R 0777 /opt/x
RUN chmod u+s /usr/bin/tool
