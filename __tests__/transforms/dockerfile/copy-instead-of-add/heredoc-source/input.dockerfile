FROM alpine:3.20
ADD <<EOF /etc/motd
FROM here on: ADD nothing
EOF
CMD ["cat", "/etc/motd"]
