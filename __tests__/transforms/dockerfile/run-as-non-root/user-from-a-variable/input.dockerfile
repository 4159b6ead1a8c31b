FROM mcr.microsoft.com/dotnet/aspnet:8.0
WORKDIR /app
COPY out ./
USER $APP_UID
ENTRYPOINT ["dotnet", "Shop.dll"]
