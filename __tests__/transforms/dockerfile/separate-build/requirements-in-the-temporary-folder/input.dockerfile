FROM python:3.12-bookworm
COPY requirements.txt /tmp/requirements.txt
RUN pip install -r /tmp/requirements.txt && rm -r /tmp/requirements.txt
WORKDIR /app
COPY . .
CMD ["python", "app.py"]
