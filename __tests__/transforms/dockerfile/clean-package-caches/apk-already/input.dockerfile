FROM alpine:3.20
RUN apk add --no-cache curl
RUN apk --no-cache add git
RUN apk update && apk add make && rm -rf /var/cache/apk/*
RUN --mount=type=cache,target=/var/cache/apk apk add jq
RUN apk add --root /rootfs --initdb busybox
CMD ["curl"]
