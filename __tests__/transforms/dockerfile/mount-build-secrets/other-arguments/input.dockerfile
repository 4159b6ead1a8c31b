FROM python:3.13-slim
ARG GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568
ARG TOKENIZERS_VERSION=0.21 VITE_MAP_KEY
ARG NPM_TOKEN_FILE=/run/secrets/npm
RUN --mount=type=secret,id=pip,env=PIP_PASSWORD pip install --index-url "https://ci:$PIP_PASSWORD@pypi.kiosk.test/simple" tides
CMD ["python", "-m", "tides"]
