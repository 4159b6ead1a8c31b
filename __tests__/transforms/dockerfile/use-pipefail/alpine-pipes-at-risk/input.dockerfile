FROM alpine:3.20
RUN VERSION=$(curl -fsSL https://example.org/releases | head -n 1) && echo "$VERSION"
RUN if curl -fsSL https://example.org | jq .ok; then echo yes; fi
RUN curl -fsSL https://example.org/app.tar.gz | grep x | tee /list
RUN yes | sh setup && curl -fsSL https://example.org/app.tar.gz | tar xz
RUN curl -fsSL https://example.org/app.tar.gz | tar xz & wait
RUN echo yes | grep -q y && curl -fsSL https://example.org/app.tar.gz | tar xz
CMD ["/app"]
