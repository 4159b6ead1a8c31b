FROM mcr.microsoft.com/powershell:7.4-debian-12
SHELL ["pwsh", "-Command"]
ARG KIOSK_TOKEN
RUN Invoke-WebRequest "https://kiosk.test/?token=$KIOSK_TOKEN" -OutFile /opt/kiosk
CMD ["/opt/kiosk"]
