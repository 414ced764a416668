"""The registry in Flask on PostgreSQL; its QR codes are SVG."""

import contextlib
import hashlib
import os
import pathlib

import psycopg2
import segno
from flask import Flask, redirect, render_template_string, request

FIELDS = ("name", "email", "number", "website")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Register of makers</title></head><body>
<nav><a href="/">Home</a> <a href="/fetch">Fetch</a> <a href="/inserter">Inserter</a></nav><h1>Makers</h1><p>{{ text }}</p>
{% for name, email, number, website, digest in rows %}<h2>{{ name }}</h2><p>{{ email }} {{ number }} {{ website }}</p>
<p>{{ digest }}</p>{{ code(digest)|safe }}{% endfor %}
{% if fields %}<form method="post">{% for field in fields %}<p><label>{{ field }} <input name="{{ field }}"></label></p>
{% endfor %}<button>Send</button></form>{% endif %}</body></html>"""
TABLES = """
CREATE TABLE IF NOT EXISTS maker (id SERIAL PRIMARY KEY, name TEXT UNIQUE NOT NULL, email TEXT, number TEXT, website TEXT);
CREATE TABLE IF NOT EXISTS code (maker INTEGER PRIMARY KEY REFERENCES maker, digest TEXT NOT NULL);
"""

app = Flask(__name__)


@contextlib.contextmanager
def cursor():
    """A connection of its own for one piece of work."""
    password = pathlib.Path(os.environ["STORE_PASSWORD_FILE"]).read_text().strip()
    connection = psycopg2.connect(host="store", dbname="registry", user="clerk", password=password)
    with contextlib.closing(connection), connection, connection.cursor() as opened:
        yield opened


with cursor() as store:
    store.execute(TABLES)


def code(text):
    return segno.make(text, error="m").svg_inline(scale=4)


def page(text, status=200, rows=(), fields=()):
    return render_template_string(PAGE, text=text, rows=rows, fields=fields, code=code), status


@app.get("/")
def home():
    return page("Who makes what.")


@app.route("/inserter", methods=["GET", "POST"])
def inserter():
    if request.method == "GET":
        return page(request.args.get("said", "Store one."), fields=FIELDS)
    values = [request.form.get(field, "").strip() for field in FIELDS]
    if not all(values):
        return page("Every field is needed.", 422, fields=FIELDS)
    with cursor() as store:
        store.execute(
            "INSERT INTO maker (name, email, number, website) VALUES (%s, %s, %s, %s) ON CONFLICT (name) DO UPDATE"
            " SET email = excluded.email, number = excluded.number, website = excluded.website RETURNING id",
            values,
        )
        digest = hashlib.sha256("|".join(values).encode()).hexdigest()
        store.execute(
            "INSERT INTO code (maker, digest) VALUES (%s, %s)"
            " ON CONFLICT (maker) DO UPDATE SET digest = excluded.digest",
            (store.fetchone()[0], digest),
        )
    return redirect("/inserter?said=Stored.", 303)


@app.route("/fetch", methods=["GET", "POST"])
def fetch():
    fields = ("manufacturer_id", "manufacturer_name")
    number, name = (request.form.get(field, "").strip() for field in fields)
    if request.method == "GET":
        return page("Look one up.", fields=fields)
    if not number and not name:
        return page("Give an id or a name.", 422, fields=fields)
    with cursor() as store:
        store.execute(
            "SELECT name, email, number, website, digest FROM maker JOIN code ON maker = id WHERE name = %s OR id = %s",
            (name, int(number) if number.isdigit() else 0),
        )
        rows = store.fetchall()
    return page("Found." if rows else "Nothing found.", rows=rows, fields=fields)
