FROM ruby:3.3
RUN wget https://example.org/browser.deb && dpkg -i browser.deb; apt-get -fy install
WORKDIR /app
COPY . .
RUN bundle install
CMD ["bundle", "exec", "puma"]
