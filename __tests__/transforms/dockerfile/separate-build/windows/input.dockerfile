# escape=`
FROM mcr.microsoft.com/dotnet/sdk:9.0-nanoserver-ltsc2022
WORKDIR C:\app
COPY . .
RUN dotnet publish -o out
ENTRYPOINT ["dotnet", "out\\Shop.dll"]
