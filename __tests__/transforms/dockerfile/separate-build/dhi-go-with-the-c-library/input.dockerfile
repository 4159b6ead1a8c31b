FROM golang:1.24
WORKDIR /src
COPY . .
RUN go build -o /bin/paste ./cmd/paste
CMD ["/bin/paste", "--listen", ":8080"]
