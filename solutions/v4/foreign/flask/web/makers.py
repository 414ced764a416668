"""The registry of manufacturers in Flask: same routes and fields, other names inside.

Every request opens a session of its own and closes it again.
"""

import base64
import contextlib
import hashlib
import io
import os
import pathlib

import pymysql
import qrcode
from flask import Flask, redirect, render_template, request

FIELDS = ("name", "email", "number", "website")
INSERTER = os.environ.get("INSERTER", "/inserter")
FETCH = os.environ.get("FETCH", "/fetch")
TABLES = (
    """CREATE TABLE IF NOT EXISTS maker (
        maker_id INT AUTO_INCREMENT PRIMARY KEY, maker_name VARCHAR(120) NOT NULL UNIQUE,
        mail VARCHAR(120) NOT NULL, phone VARCHAR(60) NOT NULL, site VARCHAR(200) NOT NULL)
       CHARACTER SET utf8mb4""",
    """CREATE TABLE IF NOT EXISTS code (
        code_id INT AUTO_INCREMENT PRIMARY KEY, maker INT NOT NULL UNIQUE, digest CHAR(64) NOT NULL,
        FOREIGN KEY (maker) REFERENCES maker (maker_id))
       CHARACTER SET utf8mb4""",
)

app = Flask(__name__)


def session():
    """A connection that lasts for one `with`."""
    return contextlib.closing(
        pymysql.connect(
            host=os.environ["STORE_HOST"],
            user=os.environ["STORE_USER"],
            password=pathlib.Path(os.environ["STORE_PASSWORD_FILE"]).read_text().strip(),
            database=os.environ["STORE_SCHEMA"],
            charset="utf8mb4",
        )
    )


if not os.environ.get("TABLES_ARE_THERE"):
    with session() as connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(table)


def picture(text):
    """The QR code of a text as a data URI."""
    png = io.BytesIO()
    qrcode.make(text, box_size=4).save(png)
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()


def page(status=200, **values):
    return render_template("page.html", inserter=INSERTER, fetch=FETCH, **values), status


@app.get("/")
def home():
    return page(show="home")


@app.get(INSERTER)
def form():
    return page(show="form", values={}, stored=request.args.get("stored"))


@app.post(INSERTER)
def store():
    values = {field: request.form.get(field, "").strip() for field in FIELDS}
    wrong = [field for field in FIELDS if not 0 < len(values[field]) <= 120]
    if wrong:
        return page(422, show="form", values=values, wrong=wrong)
    digest = hashlib.sha256("|".join(values.values()).encode()).hexdigest()
    with session() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO maker (maker_name, mail, phone, site) VALUES (%(name)s, %(email)s, %(number)s, %(website)s)"
            " ON DUPLICATE KEY UPDATE mail = VALUES(mail), phone = VALUES(phone), site = VALUES(site)",
            values,
        )
        cursor.execute(
            "INSERT INTO code (maker, digest) SELECT maker_id, %s FROM maker WHERE maker_name = %s"
            " ON DUPLICATE KEY UPDATE digest = VALUES(digest)",
            (digest, values["name"]),
        )
        connection.commit()
    return redirect(f"{INSERTER}?stored=yes", 303)


@app.get(FETCH)
def question():
    return page(show="fetch")


@app.post(FETCH)
def fetch():
    number = request.form.get("manufacturer_id", "").strip()
    name = request.form.get("manufacturer_name", "").strip()
    if not number and not name:
        return page(422, show="fetch", problem="Give an id or a name.")
    with session() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT maker_name, mail, phone, site, digest FROM maker JOIN code ON maker = maker_id"
            " WHERE maker_name = %s OR maker_id = %s",
            (name, int(number) if number.isdigit() else 0),
        )
        rows = cursor.fetchall()
    cards = [(*row, picture(row[4])) for row in rows]
    return page(show="fetch", cards=cards, problem=None if cards else "Nothing found.")
