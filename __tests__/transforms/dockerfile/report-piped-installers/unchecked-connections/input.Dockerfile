FROM debian:bookworm-slim
RUN curl -kfsSL https://artifacts.example.org/app.tar.gz | tar -xz -C /opt
RUN wget --no-check-certificate -O /opt/app.jar https://artifacts.example.org/app.jar
RUN curl -fsSL http://mirror.example.org/app.tar.gz -o /tmp/app.tar.gz
RUN curl -k http://mirror.example.org/setup.sh | sh
