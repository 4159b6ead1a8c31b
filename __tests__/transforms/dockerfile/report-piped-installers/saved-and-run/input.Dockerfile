FROM debian:bookworm-slim
RUN curl -fsSLo /tmp/install.sh https://get.example.org/install.sh && sh /tmp/install.sh && rm /tmp/install.sh
RUN wget https://get.example.org/tool-1.2.run && chmod +x tool-1.2.run && ./tool-1.2.run --silent
RUN curl -O https://get.example.org/x.py; python3 x.py
