FROM golang:1.24-bookworm
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /bin/deploy .
ENTRYPOINT ["/bin/deploy"]
