"""One page in Flask. Knows no database."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def home():
    return "<!doctype html><html lang=en><title>Makers</title><h1>Makers</h1><p>A page out of a container.</p>"
