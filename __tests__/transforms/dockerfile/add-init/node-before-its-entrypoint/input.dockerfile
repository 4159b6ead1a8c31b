FROM node:12-alpine
EXPOSE 3000
CMD ["npm", "start"]
