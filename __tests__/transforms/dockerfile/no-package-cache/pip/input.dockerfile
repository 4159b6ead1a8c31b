FROM python:3.12-slim
COPY requirements.txt .
RUN pip install --upgrade pip && \
    pip3 install -r requirements.txt
RUN python3 -m pip install gunicorn
RUN ["pip", "install", "flask"]
CMD ["gunicorn"]
