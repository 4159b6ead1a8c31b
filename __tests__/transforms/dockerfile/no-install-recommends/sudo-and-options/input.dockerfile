FROM debian:12-slim
RUN sudo -E apt-get -qq -y install jq; DEBIAN_FRONTEND=noninteractive apt-get install --yes tini >/dev/null
CMD ["jq", "--version"]
