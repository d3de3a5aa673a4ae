"""Run the development identity provider on a loopback port, with the identities that the runner wrote."""

import json
import os
from pathlib import Path

import waitress
from joserfc.jwk import RSAKey

from relais.development import require_development
from relais.idp.app import create_app
from relais.idp.models import Directory


def main() -> None:
    """Serve until the process is told to stop."""
    require_development()
    directory = Directory.load(Path(os.environ["IDP_FILE"]))
    key = RSAKey.import_key(json.loads(Path(os.environ["IDP_KEY_FILE"]).read_text()))
    if os.environ["RELAIS_PUBLIC_URL"].startswith("http://127.0.0.1:"):
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Authlib wants HTTPS; a loopback address needs none.
    app = create_app(directory, key, f"{os.environ['RELAIS_PUBLIC_URL']}/idp")
    waitress.serve(app, host="127.0.0.1", port=int(os.environ["RELAIS_LISTEN_PORT"]), threads=4)


if __name__ == "__main__":
    main()
