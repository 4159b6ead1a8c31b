FROM php:8.3-fpm
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
RUN composer install --no-dev --no-scripts
RUN composer require foo/bar --no-cache
CMD ["php-fpm"]
