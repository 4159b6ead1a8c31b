FROM nginx:1.27-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm
WORKDIR /build
COPY . .
RUN npm ci && npm run build && cp -r dist/. /usr/share/nginx/html/
COPY nginx/default.conf /etc/nginx/conf.d/default.conf
EXPOSE 8080
CMD ["nginx", "-g", "daemon off;"]
