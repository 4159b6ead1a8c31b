FROM debian:12
RUN gem install bundler
RUN gem install -N rake
CMD ["rake"]
