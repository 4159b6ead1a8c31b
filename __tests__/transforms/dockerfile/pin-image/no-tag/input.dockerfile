FROM debian
CMD ["sleep", "1"]
