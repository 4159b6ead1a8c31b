FROM debian:bookworm-slim
RUN chmod 1777 /data && chmod 777 /tmp && chmod -R g+w /app && chmod +x /run.sh && chmod u=rwX,go=rX /x && chmod -R ug+rwX /y && chmod 0440 /z && chmod a+r /w
