FROM alpine:3.20
RUN apk add --no-cache sudo bash
RUN adduser -D app && addgroup app wheel && echo '%wheel ALL=(ALL) NOPASSWD: ALL' | tee /etc/sudoers.d/wheel
USER app
RUN sudo apk add --no-cache nginx
CMD ["nginx", "-g", "daemon off;"]
