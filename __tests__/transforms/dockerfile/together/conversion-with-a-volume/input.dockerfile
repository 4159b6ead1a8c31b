FROM python:3.12-bookworm
WORKDIR /code
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
VOLUME /code/data
EXPOSE 8000
CMD python -m app
