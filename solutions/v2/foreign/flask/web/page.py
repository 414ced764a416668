"""One page in Flask, which serves its own assets. Knows no database."""

from flask import Flask, render_template

app = Flask(__name__, static_folder="assets", static_url_path="/public")


@app.get("/")
def home():
    return render_template("home.html")
