FROM golang:1.24 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /bin/paste .

# The distribution in its tag says nothing of a shell.
FROM dhi.io/static:20250419-debian13
COPY --from=build /bin/paste /bin/paste
CMD ["/bin/paste"]
