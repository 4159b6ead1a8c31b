# escape=`
FROM mcr.microsoft.com/dotnet/framework/sdk:4.8
ARG NUGET_PASSWORD
RUN nuget sources add -Name kiosk -Source https://nuget.kiosk.test -Username ci -Password %NUGET_PASSWORD%
