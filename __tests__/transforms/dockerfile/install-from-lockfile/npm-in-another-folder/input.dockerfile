FROM node:22 AS build
WORKDIR /src
COPY . .
RUN cd web && npm install && npm run build
RUN (cd web && npm install)
FROM nginx
COPY --from=build /src/web/dist /usr/share/nginx/html
