FROM alpine:3.20
RUN apk update
RUN apk update; apk add curl
RUN apk update && apk search -q php && apk add php83
CMD ["curl"]
