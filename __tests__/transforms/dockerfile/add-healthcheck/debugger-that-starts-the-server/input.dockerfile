FROM golang:1.23
COPY server /server
EXPOSE 8080 40000
CMD ["dlv", "--listen=0.0.0.0:40000", "--headless=true", "exec", "/server"]
