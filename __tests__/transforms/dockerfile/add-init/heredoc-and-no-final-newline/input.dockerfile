FROM python:3.12-alpine
WORKDIR /app
RUN <<-SCRIPT
	pip install flask
	SCRIPT
COPY app.py .
EXPOSE 5000
CMD ["python", "app.py"]