FROM alpine:3.20
RUN apk add --no-cache dnsmasq
EXPOSE 53/udp
ENTRYPOINT ["dnsmasq", "-k"]
