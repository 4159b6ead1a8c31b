FROM node:22
WORKDIR /app
ONBUILD COPY . .
RUN npm ci
CMD ["node", "."]
