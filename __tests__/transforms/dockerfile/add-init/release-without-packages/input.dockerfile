FROM node:14-buster-slim
EXPOSE 3000
CMD ["npm", "start"]
