FROM node:22-bookworm-slim
RUN apt-get update && apt-get install -y sudo git && rm -rf /var/lib/apt/lists/*
RUN echo "node ALL=NOPASSWD:ALL" > /etc/sudoers.d/node
USER node
COPY . /app
RUN sudo chown -R node:node /app
COPY start.sh /usr/local/bin/
RUN sudo chmod a+x /usr/local/bin/start.sh
CMD ["start.sh"]
