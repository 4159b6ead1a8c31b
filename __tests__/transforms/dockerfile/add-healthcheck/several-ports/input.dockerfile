FROM eclipse-temurin:21-jre-alpine
COPY app.jar /app.jar
EXPOSE 8080 8081/tcp
ENTRYPOINT ["java", "-jar", "/app.jar"]
