"""No password, token, code or secret gets into the log, at its loudest, nor into the audit or a metric."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import pytest
from prometheus_client import generate_latest

from dashboards.sign_in.tries import FREE
from roadwitness.log_lines import LogFormat, open_log
from streams.metrics import REGISTRY
from tests.dashboards.conftest import SESSION_COOKIE
from tests.dashboards.sign_in.conftest import PASSWORD, Entrance


@pytest.fixture(autouse=True)
def loud() -> Iterator[None]:
    """Logging as loud as can be; afterwards as before."""
    open_log(LogFormat.JSON, "test", "DEBUG")
    yield
    open_log(LogFormat.TEXT, "test", None)
    logging.getLogger("httpx").setLevel(logging.NOTSET)


def test_what_is_secret_is_only_where_it_belongs(
    strict: Entrance, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the test's own browser names what it asks for
    secrets = {PASSWORD, "a wrong password 7", "another quiet river lamp"}
    account, browser = strict.account(), strict.browser()
    browser.sign_in(account.name, "a wrong password 7")
    browser.sign_in(account.name)
    page = browser.open("/account/second-factor").text
    secret, sealed = (
        re.search(pattern, page)[1]  # type: ignore[index]
        for pattern in (r'id="secret">([^<]*)<', r'name="sealed" value="([^"]*)"')
    )
    code = strict.code(secret.replace(" ", ""))
    done = browser.send("/account/second-factor", sealed=sealed, code=code)
    secrets |= {secret, secret.replace(" ", ""), sealed, *re.findall(r"<li><code>([^<]*)<", done.text)}
    secrets.add(browser.client.cookies[SESSION_COOKIE])
    link = strict.desk.links.make(account.name, 600.0)
    secrets.add(link.rpartition("/")[2])
    strict.browser().open(link)
    browser.send(
        "/account/password", old=PASSWORD, new="another quiet river lamp", again="another quiet river lamp"
    )
    secrets.add(browser.client.cookies[SESSION_COOKIE])
    for _ in range(FREE):
        strict.browser().sign_in("a wrong password 7", "a wrong password 7")
    for address in ("/sign-in/link/not-a-link", "/cases/none", "/sign-in?to=//evil"):
        browser.open(address)

    said = capsys.readouterr()
    with strict.desk.file.reading() as database:
        audited = json.dumps(database.execute("SELECT * FROM audit_entries").fetchall())
    lying_about = b"".join(path.read_bytes() for path in strict.desk.file.path.parent.glob("desk.sqlite*"))
    places = {
        "log": said.err + said.out + caplog.text,
        "audit": audited,
        "metrics": generate_latest(REGISTRY).decode(),
        "file": lying_about.decode("latin-1"),
    }
    assert len(secrets) > 15
    assert {
        (place, secret) for place, text in places.items() for secret in secrets if secret in text
    } == set()
