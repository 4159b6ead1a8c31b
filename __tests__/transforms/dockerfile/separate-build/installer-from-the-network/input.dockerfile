FROM python:3.12
WORKDIR /app
RUN curl -sSL https://example.org/install.sh | sh
COPY . .
RUN pip install -r requirements.txt
CMD ["python", "app.py"]
