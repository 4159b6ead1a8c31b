FROM amazonlinux:2023
RUN dnf install -y nodejs20
EXPOSE 3000
CMD ["node", "server.js"]
