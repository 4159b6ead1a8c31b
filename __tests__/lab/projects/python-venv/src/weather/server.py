import json
from importlib.metadata import version
from wsgiref.simple_server import make_server


def application(environ, start_response):
    with open("/app/stations.json", encoding="utf-8") as file:
        stations = json.load(file)
    name = environ["PATH_INFO"].strip("/")
    if name == "":
        answer = {"version": version("weather"), "stations": sorted(stations)}
    elif name in stations:
        answer = stations[name]
    else:
        start_response("404 Not Found", [("Content-Type", "application/json")])
        return [b"{}"]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def main():
    with make_server("", 8000, application) as server:
        server.serve_forever()
