FROM node:22-bookworm
RUN curl -fsSL https://bun.example/install | bash
RUN wget -qO- https://user:s3cret@get.example.org/setup.sh?token=abc \
    | sudo -E sh -s -- --yes
RUN curl -sSL https://install.example.org | python3 -
CMD ["node", "server.js"]
