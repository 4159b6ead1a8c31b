FROM python:3.12-slim
WORKDIR /app
COPY . .
EXPOSE 8000
ENTRYPOINT [ \
    # The interpreter of the image.
    "python", \
    "-u", "server.py" ]
CMD ["--verbose"]
