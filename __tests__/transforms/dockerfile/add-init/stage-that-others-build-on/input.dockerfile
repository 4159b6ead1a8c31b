FROM node:22-alpine AS web
EXPOSE 3000
CMD ["npm", "start"]

FROM web AS worker
CMD ["worker.js"]
