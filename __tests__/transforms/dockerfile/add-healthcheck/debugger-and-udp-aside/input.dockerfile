FROM eclipse-temurin:21-jre-alpine
COPY app.jar /app.jar
EXPOSE 8080 5005 8125/udp
ENTRYPOINT ["java", "-jar", "/app.jar"]
