FROM python:3.12-slim
RUN pip install --no-cache-dir flask
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
RUN pip install flask && pip cache purge
RUN pip install flask && rm -rf ~/.cache
RUN pip --no-cache-dir install flask
RUN PIP_NO_CACHE_DIR=1 pip install flask
RUN pip list
CMD ["flask"]
