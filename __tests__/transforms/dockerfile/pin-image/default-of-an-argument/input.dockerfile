ARG BASE="python:3.12-slim"
ARG VERSION=22
FROM ${BASE}
RUN true

FROM node:${VERSION}
RUN true
