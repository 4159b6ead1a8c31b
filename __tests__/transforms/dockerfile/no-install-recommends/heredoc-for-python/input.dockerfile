# syntax=docker/dockerfile:1
FROM python:3.12-slim
RUN <<EOT
#!/usr/bin/env python3
print("""
apt-get install -y jq
""")
EOT
COPY <<EOT /etc/hint
apt-get install -y jq
EOT
CMD ["cat", "/etc/hint"]
