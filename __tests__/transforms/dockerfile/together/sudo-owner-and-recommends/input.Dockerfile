FROM node:22-bookworm-slim
RUN apt-get update && apt-get install -y git sudo
RUN useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
WORKDIR /srv/app
COPY . .
RUN echo "app ALL=NOPASSWD:/bin/ls" > /etc/sudoers.d/ls && chown -R app:app /srv/app
USER app
RUN sudo chown -R app:app /srv/app && sudo mkdir /cache
CMD ["node", "server.js"]
