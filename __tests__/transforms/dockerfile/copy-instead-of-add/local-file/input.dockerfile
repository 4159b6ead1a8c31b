FROM python:3.12-slim
WORKDIR /srv/quotes
# pinned by pip-compile
ADD requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
ADD . .
CMD ["python", "-m", "quotes"]
