"""The web's fixtures; tests/web.py describes them."""

from tests.web import app, client, make_client, sign_in, use_api, web_settings

__all__ = ["app", "client", "make_client", "sign_in", "use_api", "web_settings"]
