# Tools for the end-to-end tests.
FROM node:22-slim
WORKDIR /repo
COPY . .
RUN npm ci
CMD ["bash"]
