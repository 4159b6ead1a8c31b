# escape=`
FROM python:3.12-slim
WORKDIR /app
RUN <<EOF
pip install flask
EOF
copy app.py .
expose 5000
# Starts the server.
cmd ["python", `
     "app.py"]
