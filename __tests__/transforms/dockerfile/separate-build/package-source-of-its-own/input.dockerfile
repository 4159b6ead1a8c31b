FROM node:22
RUN echo "deb https://example.org/apt stable main" > /etc/apt/sources.list.d/example.list
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "."]
