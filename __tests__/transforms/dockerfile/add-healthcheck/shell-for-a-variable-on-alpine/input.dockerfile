FROM alpine:3.20
RUN apk add --no-cache darkhttpd
COPY public /srv
ENV PORT=8080
EXPOSE $PORT
CMD darkhttpd /srv --port $PORT
