FROM golang:1.24 AS build
RUN git clone https://ci:Zx9q-7fKd2mWvT4sLb8@git.kiosk.test/ferry/tides.git /opt/tides && go build -C /opt/tides -o /tides .
FROM gcr.io/distroless/static-debian12
COPY --from=build /tides /tides
ENTRYPOINT ["/tides"]
