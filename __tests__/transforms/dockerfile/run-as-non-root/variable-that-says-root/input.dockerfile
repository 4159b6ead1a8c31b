FROM alpine:3.20
ARG RUN_AS=0
WORKDIR /app
USER $RUN_AS
COPY probe ./
CMD ["./probe"]
