FROM gcr.io/distroless/nodejs22-debian12
COPY . /app
WORKDIR /app
EXPOSE 3000
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["server.js"]
