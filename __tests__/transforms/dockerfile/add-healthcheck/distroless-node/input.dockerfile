FROM gcr.io/distroless/nodejs22-debian12:nonroot
WORKDIR /app
COPY . .
EXPOSE 3000
CMD ["server.js"]
