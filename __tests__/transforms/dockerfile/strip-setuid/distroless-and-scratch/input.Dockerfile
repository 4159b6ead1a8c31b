FROM golang:1.23 AS build
RUN go build -o /out/app .
FROM gcr.io/distroless/static:nonroot AS small
COPY --from=build /out/app /app
CMD ["/app"]
FROM scratch
COPY --from=build /out/app /app
USER 65532
CMD ["/app"]
