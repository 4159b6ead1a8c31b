# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
RUN curl.exe -L https://example.org/a.zip | tar -x
CMD ["app.exe"]
