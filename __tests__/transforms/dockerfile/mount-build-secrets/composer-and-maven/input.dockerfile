FROM composer:2 AS vendor
WORKDIR /app
COPY auth.json composer.json composer.lock ./
RUN composer install --no-dev

FROM maven:3-eclipse-temurin-21 AS jar
WORKDIR /build
COPY ["settings.xml", "/root/.m2/settings.xml"]
COPY pom.xml .
RUN mvn -B package

FROM eclipse-temurin:21-jre
COPY --from=jar /build/target/tides.jar /tides.jar
COPY --from=vendor /app/vendor /srv/vendor
CMD ["java", "-jar", "/tides.jar"]
