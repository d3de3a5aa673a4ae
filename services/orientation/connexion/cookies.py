"""How the cookies of signing in and out are set."""

from datetime import timedelta

from fastapi import Request, Response


def poser(request: Request, response: Response, nom: str, valeur: str, duree: timedelta = timedelta()) -> None:
    """Set a cookie that scripts do not see; without a duration it is taken away."""
    secure = request.app.state.settings.secure_cookies
    age = int(duree.total_seconds())
    response.set_cookie(nom, valeur, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")
