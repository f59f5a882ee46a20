"""`python -m ui.server.health`: exit status 0 if the app of this container can train; the image's
HEALTHCHECK. It has no other client at hand, and it asks where the settings say that the app listens."""

from __future__ import annotations

import ipaddress
import sys
import urllib.error
import urllib.request

from ui.server.settings import Settings, settings


def address(of: Settings) -> str:
    """Where this machine reaches the app's readiness, which waits for workers that are just starting."""
    host = of.host
    try:
        if ipaddress.ip_address(host).is_unspecified:
            host = "[::1]" if ":" in host else "127.0.0.1"
        elif ":" in host:
            host = f"[{host}]"
    except ValueError:
        pass  # a name
    return f"http://{host}:{of.port}{of.base_path}/ready?wait=20"


def main() -> int:
    url = address(settings())
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is no proxy's affair
    try:
        with direct.open(url, timeout=25) as answer:
            print(answer.read().decode())
            return 0
    except urllib.error.HTTPError as error:
        print(f"{url} answers {error.code}: {error.read(500).decode(errors='replace')}")
    except OSError as error:
        print(f"{url} does not answer: {error}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
