FROM python:3.12-slim-bookworm@sha256:0000000000000000000000000000000000000000000000000000000000000000
RUN apt-get update && apt-get install -y gcc libffi-dev
WORKDIR /app
COPY . .
RUN pip install .
CMD ["app"]
