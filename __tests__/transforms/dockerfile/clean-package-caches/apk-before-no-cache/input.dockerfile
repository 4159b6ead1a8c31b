FROM alpine:3.2
RUN apk add --update git
CMD ["git"]
