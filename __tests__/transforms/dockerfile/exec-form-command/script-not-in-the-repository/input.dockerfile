FROM debian:12-slim
RUN curl -fsSLo /run.sh https://example.org/run.sh && chmod +x /run.sh
CMD /run.sh
