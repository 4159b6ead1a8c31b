FROM node:22-bookworm AS build
RUN apt-get update && apt-get install -y curl git
FROM python:3.12-slim
RUN apt-get update && apt-get install -y curl
CMD ["curl", "--version"]
