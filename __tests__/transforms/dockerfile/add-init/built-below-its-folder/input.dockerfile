FROM node:22-alpine
EXPOSE 3000
CMD ["npm", "start"]
