FROM alpine:3.20
COPY server /server
EXPOSE 8080
ENTRYPOINT ["/server"]
