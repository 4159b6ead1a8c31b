FROM alpine:3.20
ADD --checksum=sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 https://example.org/hello.txt /hello.txt
ADD --keep-git-dir=true https://example.org/team/site.git#v1.2 /site
CMD ["cat", "/hello.txt"]
