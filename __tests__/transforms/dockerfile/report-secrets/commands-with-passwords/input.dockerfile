FROM debian:bookworm-slim
RUN apt-get update && \
    curl -u ci:Zx9q-7fKd2mWvT4sLb8 -o /tmp/tides.tgz https://files.kiosk.test/tides.tgz
RUN git clone https://ci:Zx9q-7fKd2mWvT4sLb8@git.kiosk.test/ferry/tides.git /opt/tides
RUN docker login -u ci -p Zx9q-7fKd2mWvT4sLb8 registry.kiosk.test
RUN sshpass -p Zx9q-7fKd2mWvT4sLb8 scp ci@files.kiosk.test:/tides.tgz /tmp
RUN echo "root:Zx9q-7fKd2mWvT4sLb8" | chpasswd
RUN export DEPLOY_TOKEN=Zx9q-7fKd2mWvT4sLb8 && ./fetch.sh
RUN DEPLOY_TOKEN=Zx9q-7fKd2mWvT4sLb8 ./fetch.sh
RUN tidesctl login --password Zx9q-7fKd2mWvT4sLb8 && tidesctl --api-key=Zx9q-7fKd2mWvT4sLb8 pull
RUN npm config set //registry.npmjs.org/:_authToken npm_Zx9qAZx9qAZx9qAZx9qAZx9qAZx9qAZx9qA
CMD ["/opt/tides/run"]
