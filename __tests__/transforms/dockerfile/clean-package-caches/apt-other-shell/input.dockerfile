FROM mcr.microsoft.com/powershell:lts-debian-12
SHELL ["pwsh", "-Command"]
RUN apt-get update; apt-get install -y curl
CMD ["pwsh"]
