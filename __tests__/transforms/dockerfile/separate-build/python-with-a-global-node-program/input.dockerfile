FROM python:3.12
RUN apt-get update && apt-get install -y npm && npm install -g nodemon
WORKDIR /app
COPY . .
RUN pip install .
CMD ["./start.sh"]
