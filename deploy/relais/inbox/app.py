"""The pages and the JSON interface of the development inbox, under /courriels."""

from datetime import datetime

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from relais.inbox.store import Store

LONGEST_LIST = 200
# Nothing but its own style; the HTML part of an e-mail is shown in a frame without scripts, forms or navigation.
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'"
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


def create_app(store: Store) -> Flask:
    """The WSGI application over the e-mails received."""
    app = Flask(__name__, static_folder=None)

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/courriels")
    def home() -> AnyResponse:
        return redirect("/courriels/")

    @app.get("/courriels/")
    def messages() -> str:
        to = request.args.get("to", "").strip()
        return render_template("messages.html", mails=store.search(to, limit=LONGEST_LIST), to=to, total=len(store.search(to)))

    @app.get("/courriels/<key>")
    def message(key: str) -> str:
        return render_template("message.html", mail=store.get(key) or abort(404))

    @app.get("/courriels/<key>/html")
    def html_part(key: str) -> Response:
        mail = store.get(key) or abort(404)
        # A link opens beside the inbox: the frame's own restrictions would break the page it leads to.
        html = mail.html.replace("<head>", '<head><base target="_blank">', 1)
        return Response(html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": MAIL_POLICY})

    @app.post("/courriels/vider")
    def empty() -> AnyResponse:
        # Another site's form must not be able to empty the inbox.
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            abort(403)
        store.clear()
        return redirect("/courriels/", 303)

    @app.get("/courriels/api/messages")
    def api_messages() -> Response:
        try:
            since = datetime.fromisoformat(request.args["since"]) if "since" in request.args else None
            limit = int(request.args.get("limit", LONGEST_LIST))
        except ValueError:
            abort(422, "since is an ISO 8601 time with its zone, limit a number")
        if since is not None and since.tzinfo is None:
            abort(422, "since needs a time zone")
        return jsonify([mail.as_json() for mail in store.search(request.args.get("to"), since, limit)])

    @app.delete("/courriels/api/messages")
    def api_empty() -> tuple[str, int]:
        store.clear()
        return "", 204

    return app
