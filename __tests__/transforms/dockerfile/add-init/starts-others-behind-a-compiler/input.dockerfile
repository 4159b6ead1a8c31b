FROM node:22-bookworm
WORKDIR /app
COPY . .
RUN npm ci && npm run build
# The image brings this user.
USER node
CMD ["node", "app.mjs", "gateway"]
