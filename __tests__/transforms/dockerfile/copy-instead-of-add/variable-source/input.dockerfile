FROM alpine:3.20
ARG PAYLOAD
ADD $PAYLOAD /opt/payload/
CMD ["ls", "/opt/payload"]
