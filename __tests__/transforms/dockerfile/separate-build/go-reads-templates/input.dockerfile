FROM golang:1.23-alpine3.20
RUN apk add --no-cache git gcc musl-dev
WORKDIR /app
COPY . .
RUN go build
CMD ["./paste"]
