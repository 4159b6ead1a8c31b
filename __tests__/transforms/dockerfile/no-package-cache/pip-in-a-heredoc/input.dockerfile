# syntax=docker/dockerfile:1
FROM python:3.12-slim
RUN <<EOF
pip install \
  flask
EOF
CMD ["flask"]
