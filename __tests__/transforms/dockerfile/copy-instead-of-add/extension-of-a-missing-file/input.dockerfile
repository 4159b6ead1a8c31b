FROM eclipse-temurin:21-jre
WORKDIR /app
ADD target/*.jar app.jar
CMD ["java", "-jar", "app.jar"]
