FROM eclipse-temurin:21-jre
WORKDIR /app
COPY app.jar .
EXPOSE 8080
# Heap follows the container's limit.
ENTRYPOINT ["java", \
    # a comment in between
    "-XX:MaxRAMPercentage=75", "-jar", "app.jar"]
