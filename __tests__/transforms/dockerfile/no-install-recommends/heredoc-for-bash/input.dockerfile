# syntax=docker/dockerfile:1
FROM debian:12-slim
RUN bash -e <<'end of script'
apt-get update
apt-get install -y jq
end of script
CMD ["jq", "--version"]
