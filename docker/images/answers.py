#!/usr/bin/env python3
"""A container's health check: exit 0 when http://127.0.0.1:PORT/PATH is answered with 200."""

import sys
import urllib.request

PATIENCE_S = 4

port, path = sys.argv[1:]
try:
    urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_S).close()
except OSError as error:
    sys.exit(f"{path} on port {port}: {error}")
