FROM node:22@sha256:abababababababababababababababababababababababababababababababab AS build
FROM scratch
COPY --from=build / /
