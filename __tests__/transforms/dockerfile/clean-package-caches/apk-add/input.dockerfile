FROM alpine:3.20
RUN apk add curl
RUN apk add --update git && git --version
RUN apk --update add \
    make \
    jq
RUN apk -U add --virtual .build gcc && apk del .build
CMD ["curl"]
