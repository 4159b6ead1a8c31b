FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y sudo curl gnupg && rm -rf /var/lib/apt/lists/* && useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
RUN curl -fsSL https://example.org/key.gpg | sudo gpg --dearmor -o /usr/share/keyrings/example.gpg \
 && echo "deb [signed-by=/usr/share/keyrings/example.gpg] https://example.org/apt stable main" | sudo tee /etc/apt/sources.list.d/example.list
CMD ["/usr/bin/example"]
