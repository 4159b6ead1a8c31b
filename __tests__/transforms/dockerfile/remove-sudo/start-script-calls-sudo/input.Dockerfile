FROM node:22-bookworm-slim

RUN apt-get update \
  && apt-get install -y --no-install-recommends sudo \
  && rm -rf /var/lib/apt/lists/*

# An account that may use sudo.
RUN useradd --create-home tester \
  && echo "tester ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/tester \
  && chmod 0440 /etc/sudoers.d/tester

USER tester
WORKDIR /home/tester

COPY run.sh /home/tester/run.sh
RUN sudo chmod +x /home/tester/run.sh

ENTRYPOINT ["/home/tester/run.sh"]
