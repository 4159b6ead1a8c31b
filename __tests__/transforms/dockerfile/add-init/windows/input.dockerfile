FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
EXPOSE 3000
CMD ["node.exe", "server.js"]
