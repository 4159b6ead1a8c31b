FROM php:8.3-apache
RUN apt-get update && apt-get install -y libzip-dev unzip git && docker-php-ext-install zip pdo_mysql
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
RUN a2enmod rewrite && mv "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"
WORKDIR /var/www/html
COPY . .
RUN composer install --no-dev
CMD ["apache2-foreground"]
