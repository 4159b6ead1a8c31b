FROM python:3.12-slim
RUN useradd --system --create-home app
COPY requirements.txt /tmp/requirements.txt
RUN pip install -r /tmp/requirements.txt
COPY src /srv/app/src
COPY config.yml /srv/app/

RUN chown -R app:app /srv/app

WORKDIR /srv/app
USER app
CMD ["python", "-m", "src"]
