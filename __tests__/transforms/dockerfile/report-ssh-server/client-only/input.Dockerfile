FROM alpine:3.20
RUN apk add --no-cache openssh-client git
CMD ["git", "--version"]
