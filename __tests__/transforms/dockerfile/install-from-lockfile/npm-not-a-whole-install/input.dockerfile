FROM node:22
WORKDIR /app
RUN npm install -g npm@10
COPY . .
RUN if [ -f package-lock.json ]; then npm ci; else npm install; fi
RUN npm install left@1
RUN npm install --no-package-lock
RUN npm --version && npm run build
CMD ["node", "index.js"]
