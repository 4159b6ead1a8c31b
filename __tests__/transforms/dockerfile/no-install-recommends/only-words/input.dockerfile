FROM debian:12-slim
RUN echo "apt-get install -y curl" > /usr/share/doc/hint && pip install apt
RUN apt-get update && apt-get remove -y install
LABEL hint="apt-get install vim"
CMD ["cat", "/usr/share/doc/hint"]
