FROM alpine:3.20
ADD payload /opt/
CMD ["/opt/payload"]
