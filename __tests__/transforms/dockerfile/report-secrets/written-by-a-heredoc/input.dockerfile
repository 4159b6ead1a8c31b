FROM node:22-bookworm-slim
COPY <<EOF /root/.npmrc
//npm.kiosk.test/:_authToken=Zx9q-7fKd2mWvT4sLb8
EOF
RUN cat > /root/.netrc <<EOF
machine files.kiosk.test login ci password Zx9q-7fKd2mWvT4sLb8
EOF
RUN <<EOF
set -e
npm ci
curl https://ci:Zx9q-7fKd2mWvT4sLb8@files.kiosk.test/tides.tgz -o /tmp/tides.tgz
EOF
COPY <<EOF /etc/tides.conf
port=8080
EOF
CMD ["node", "server.js"]
