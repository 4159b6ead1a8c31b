FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD exec python -c 'print("a \\ b")' --name="two words"
