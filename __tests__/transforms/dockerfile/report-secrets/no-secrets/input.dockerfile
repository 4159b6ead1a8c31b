FROM ruby:3.4-slim
ARG GIT_TOKEN
ENV GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568 \
    SECRET_KEY_BASE=dummy-for-assets \
    TOKEN_TTL=3600 \
    AUTH_SECRET="" \
    DB_PASSWORD_FILE=/run/secrets/db \
    JWT_ALGORITHM=RS256 \
    ADMIN_TOKEN=changeme
ENV DEPLOY_TOKEN=$GIT_TOKEN
LABEL org.opencontainers.image.authors="tides@kiosk.test"
COPY Gemfile Gemfile.lock ./
RUN --mount=type=secret,id=gems,env=GEM_TOKEN bundle install
RUN curl -fsSL -u "ci:$GEM_TOKEN" https://files.kiosk.test/tides.tgz | tar xz
RUN sed -i 's/password=.*/password=/' /etc/tides.conf && grep -q "token: none" /etc/tides.conf
RUN useradd --password '*' tides && echo "see https://kiosk.test/docs"
CMD ["ruby", "tides.rb"]
