FROM python:3.13-slim
ARG GITLAB_TOKEN
RUN git clone https://oauth2:$GITLAB_TOKEN@gitlab.test/ferry/tides.git /opt/tides && rm -rf /opt/tides/.git
CMD ["python", "-m", "tides"]
