FROM golang:1.23-bookworm
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /bin/paste ./cmd/paste
EXPOSE 8080
ENTRYPOINT ["/bin/paste"]
