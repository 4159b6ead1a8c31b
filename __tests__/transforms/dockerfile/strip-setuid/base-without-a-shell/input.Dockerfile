FROM mcr.microsoft.com/dotnet/runtime-deps:9.0-noble-chiseled
COPY app /app
USER 1000
ENTRYPOINT ["/app"]
