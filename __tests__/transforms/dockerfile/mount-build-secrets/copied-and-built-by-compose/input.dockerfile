FROM python:3.13-slim
WORKDIR /srv
COPY docker/pip.conf /etc/pip.conf
RUN pip install tides
CMD ["python", "-m", "tides"]
