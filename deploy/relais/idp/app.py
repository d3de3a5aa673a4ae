"""The pages and endpoints of the development identity provider, under /idp."""

from itertools import groupby
from typing import Any

from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.wrappers import Response as AnyResponse

from relais.idp.models import Directory
from relais.idp.server import create_server

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class _AccessTokens(JWTBearerTokenValidator):  # type: ignore[misc]  # Authlib has no types.
    """Checks the access tokens that userinfo receives."""

    def __init__(self, keys: KeySet, issuer: str) -> None:
        super().__init__(issuer=issuer, resource_server=issuer)
        self.keys = keys

    def get_jwks(self) -> KeySet:
        return self.keys


def create_app(directory: Directory, key: RSAKey, issuer: str) -> Flask:
    """The WSGI application; `issuer` is its public address, which ends with /idp."""
    app = Flask(__name__, static_folder=None)
    server = create_server(app, directory, KeySet([key]), issuer)
    protector = ResourceProtector()
    protector.register_token_validator(_AccessTokens(KeySet([key]), issuer))

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/idp/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(metadata(issuer))

    @app.get("/idp/jwks")
    def jwks() -> Response:
        return jsonify(KeySet([key]).as_dict(private=False))

    @app.route("/idp/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        user = directory.users.get(request.form.get("sub", "")) if request.method == "POST" else None
        try:
            grant = server.get_consent_grant(end_user=user)
        except OAuth2Error as error:
            if error.redirect_uri:  # The application is told, as OpenID Connect wants it (for example login_required).
                return server.handle_error_response(None, error)
            return render_template("error.html", error=error.error, detail=error.description or ""), 400
        if user is None:
            by_organisation = sorted(directory.users.values(), key=lambda account: account.organisation)
            groups = [(name, list(members)) for name, members in groupby(by_organisation, lambda account: account.organisation)]
            return render_template("sign_in.html", groups=groups, action=request.full_path)
        return server.create_authorization_response(grant_user=user, grant=grant)

    @app.post("/idp/token")
    def token() -> Any:
        return server.create_token_response()

    @app.route("/idp/userinfo", methods=["GET", "POST"])
    @protector()  # type: ignore[untyped-decorator]  # Authlib has no types.
    def userinfo() -> Response:
        from authlib.integrations.flask_oauth2 import current_token

        user = directory.users.get(current_token["sub"]) or abort(401)
        return jsonify(user.claims(current_token["scope"]))

    @app.route("/idp/end_session", methods=["GET", "POST"])
    def end_session() -> str | AnyResponse:
        # There is no session here to end: each sign-in shows the accounts. What remains is to send people back.
        back = request.values.get("post_logout_redirect_uri", "")
        if any(client.check_redirect_uri(back) for client in directory.clients.values()):
            return redirect(back)
        return render_template("signed_out.html")

    return app


def metadata(issuer: str) -> dict[str, object]:
    """The discovery document (OpenID Connect Discovery 1.0)."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/end_session",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": ["sub", "name", "given_name", "family_name", "email", "email_verified"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
