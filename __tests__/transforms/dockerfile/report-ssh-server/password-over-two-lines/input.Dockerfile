FROM alpine:3.20
RUN apk add --no-cache openssh-server && \
    echo "root:hunter22" \
    | chpasswd
COPY start.sh /
CMD ["/start.sh"]
